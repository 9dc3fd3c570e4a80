package dev.obdbuild.backstore.device;

import java.io.IOException;
import java.io.Serial;

/** A write or discard reached a device that takes none. */
public final class ReadOnlyDeviceException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  /** {@code message} says what was refused. */
  public ReadOnlyDeviceException(String message) {
    super(message);
  }
}
