package dev.obdbuild.worker.content;

import dev.obdbuild.linux.file.Stat;
import java.io.IOException;
import java.io.Serial;

/**
 * A file of the build context is not what it was when the context was scanned. Running the build
 * again helps.
 */
public final class SourceChangedException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  SourceChangedException(String path, Stat before, Stat now) {
    super(
        "%s changed during the build: it had %d bytes, modified %s, and has %d bytes, modified %s"
            .formatted(path, before.size(), time(before), now.size(), time(now)));
  }

  SourceChangedException(String path, IOException cause) {
    super(path + " changed during the build: " + cause.getMessage(), cause);
  }

  private static java.time.Instant time(Stat stat) {
    return java.time.Instant.ofEpochSecond(stat.ctime().seconds(), stat.ctime().nanos());
  }
}
