package dev.obdbuild.builder.session.sync;

import java.io.IOException;
import java.io.Serial;

/** The other end sent a packet that no transfer has; the message says which one. */
public final class MalformedPacketException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  MalformedPacketException(String message) {
    super("folder transfer: " + message);
  }
}
