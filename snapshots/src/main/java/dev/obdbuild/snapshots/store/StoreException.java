package dev.obdbuild.snapshots.store;

import java.io.IOException;

/** The store's database or one of its files is not as it should be; names which. */
public final class StoreException extends IOException {
  public StoreException(String message) {
    super(message);
  }

  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
