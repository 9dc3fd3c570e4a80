package dev.obdbuild.oci.json;

import java.io.IOException;

/**
 * A document from outside is not what it should be. The message names the document and the place in
 * it.
 */
public final class MalformedDocumentException extends IOException {
  /**
   * @param document what was read: a digest, a URL or a path
   * @param problem where in it and what is wrong
   */
  public MalformedDocumentException(String document, String problem) {
    super(document + ": " + problem);
  }

  MalformedDocumentException(String document, String problem, Throwable cause) {
    super(document + ": " + problem, cause);
  }
}
