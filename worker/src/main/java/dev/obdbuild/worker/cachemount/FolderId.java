package dev.obdbuild.worker.cachemount;

import dev.obdbuild.oci.image.Digest;
import java.util.Optional;

/**
 * What tells the folders of cache mounts apart. How a mount is shared is none of it.
 *
 * @param id as the step names it
 * @param initial digest of what a new folder starts with; empty for an empty folder
 */
public record FolderId(String id, Optional<Digest> initial) {

  private static final String FROM = "\nfrom ";

  /** A folder that starts empty. */
  public static FolderId of(String id) {
    return new FolderId(id, Optional.empty());
  }

  /** Both in one text, which is how a folder is on record. */
  public String text() {
    return initial.map(digest -> id + FROM + digest).orElse(id);
  }

  /** What {@link #text} yields. */
  public static FolderId parse(String text) {
    int at = text.lastIndexOf(FROM);
    if (at >= 0) {
      try {
        return new FolderId(
            text.substring(0, at), Optional.of(Digest.parse(text.substring(at + FROM.length()))));
      } catch (IllegalArgumentException e) {
        return of(text); // an id that only looks like one with content
      }
    }
    return of(text);
  }
}
