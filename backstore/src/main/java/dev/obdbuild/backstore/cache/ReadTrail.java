package dev.obdbuild.backstore.cache;

import java.io.IOException;

/**
 * What one read of a device had to wait for: told by the cache to whoever follows the read, without
 * the layers in between. Of one read, in one thread.
 */
public final class ReadTrail {
  private static final ScopedValue<ReadTrail> CURRENT = ScopedValue.newInstance();

  private String source = "";

  /** What is followed. */
  @FunctionalInterface
  public interface Read {
    void run() throws IOException;
  }

  /** Runs a read whose fetches are told to this trail. */
  public void follow(Read read) throws IOException {
    var _ =
        ScopedValue.where(CURRENT, this)
            .call(
                () -> {
                  read.run();
                  return this;
                });
  }

  /** The read that the calling thread carries out has got something from {@code source}. */
  static void fetched(String source) {
    if (CURRENT.isBound()) {
      CURRENT.get().source = source;
    }
  }

  /** Where the last fetch went that was waited for; empty where nothing had to be fetched. */
  public String source() {
    return source;
  }
}
