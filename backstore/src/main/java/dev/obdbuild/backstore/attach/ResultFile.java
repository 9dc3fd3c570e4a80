package dev.obdbuild.backstore.attach;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The file in which whoever wrote the configuration looks whether the device could be made. Where
 * none is named, nothing is written.
 */
public record ResultFile(Optional<Path> path) {
  private static final int MAX_MESSAGE = 4096;

  /** The device is there. */
  public void success() throws IOException {
    write("success");
  }

  /**
   * The device could not be made. That it cannot be told here is told along with {@code reason}.
   */
  public void failed(Throwable reason, AttachLog log) {
    try {
      write(reason);
    } catch (IOException e) {
      reason.addSuppressed(e);
      log.line(String.valueOf(e.getMessage()));
    }
  }

  private void write(Throwable reason) throws IOException {
    String message = String.valueOf(reason.getMessage()).replace('\n', ' ');
    write("failed:" + message.substring(0, Math.min(MAX_MESSAGE, message.length())));
  }

  private void write(String text) throws IOException {
    if (path.isEmpty()) {
      return;
    }
    try {
      Files.writeString(path.get(), text);
    } catch (IOException e) {
      throw new IOException("the resultFile " + path.get() + " cannot be written: " + e, e);
    }
  }
}
