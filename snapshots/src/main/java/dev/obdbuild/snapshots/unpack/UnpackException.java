package dev.obdbuild.snapshots.unpack;

import java.io.IOException;
import java.io.Serial;

/**
 * An entry of an archive could not be unpacked; the message names the entry, the cause says why.
 */
public final class UnpackException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  UnpackException(String message, IOException cause) {
    super(message, cause);
  }

  UnpackException(String message) {
    super(message);
  }
}
