package dev.obdbuild.pusher;

import dev.obdbuild.oci.image.Descriptor;

/** Is told how uploads go on; called from several threads. */
public interface UploadProgress {

  /** A listener that does not care. */
  UploadProgress NONE = new UploadProgress() {};

  /** A blob's bytes are going up; called again as more of them are there. */
  default void uploading(Descriptor blob, long sentBytes) {}

  /**
   * A blob is in its repository.
   *
   * @param sentBytes what went over the wire for it, zero when it was there or was mounted
   */
  default void uploaded(Descriptor blob, long sentBytes) {}
}
