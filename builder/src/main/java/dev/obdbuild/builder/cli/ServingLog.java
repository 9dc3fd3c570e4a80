package dev.obdbuild.builder.cli;

import dev.obdbuild.backstore.attach.AttachLog;
import dev.obdbuild.backstore.audit.RotatedFile;
import dev.obdbuild.backstore.config.LogSpec;
import java.io.IOException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Lines with their time in a file, or on standard error as long as there is none. What cannot be
 * written to the file goes there, too. Thread-safe.
 */
final class ServingLog implements AttachLog {
  private final Clock clock = Clock.systemUTC();
  private Optional<RotatedFile> file = Optional.empty();

  /** Writes to a file from now on. */
  synchronized void moveTo(LogSpec log) {
    file = Optional.of(new RotatedFile(log.file(), log.maxBytes(), log.files()));
  }

  @Override
  public synchronized void line(String message) {
    String line = clock.instant().truncatedTo(ChronoUnit.MILLIS) + " " + message + "\n";
    if (file.isPresent()) {
      try {
        file.get().append(line);
        return;
      } catch (IOException e) {
        System.err.println(file.get() + ": " + e);
      }
    }
    System.err.print(line);
  }
}
