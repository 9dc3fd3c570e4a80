package dev.obdbuild.worker.signature;

import java.io.IOException;

/** A signature that does not prove what it should, or a key or signature that is none. */
public final class BadSignatureException extends IOException {

  private static final long serialVersionUID = 1;

  /** Says what is wrong. */
  public BadSignatureException(String message) {
    super(message);
  }

  BadSignatureException(String message, Throwable cause) {
    super(message, cause);
  }
}
