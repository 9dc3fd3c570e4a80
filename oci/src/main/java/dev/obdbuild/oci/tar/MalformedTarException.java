package dev.obdbuild.oci.tar;

import java.io.IOException;

/**
 * A tar archive that cannot be read. The message names the archive, the offset and what is wrong
 * there.
 */
public final class MalformedTarException extends IOException {
  private final long offset;

  MalformedTarException(String archive, long offset, String problem) {
    super(archive + ": at offset " + offset + ": " + problem);
    this.offset = offset;
  }

  /** Bytes from the start of the archive to the header or field that is wrong. */
  public long offset() {
    return offset;
  }
}
