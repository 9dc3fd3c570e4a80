package dev.obdbuild.backstore.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A text file that only grows up to a size: then it becomes {@code FILE.1}, that one {@code
 * FILE.2}, and so on. Several processes may share it; of those that find it full only the first
 * puts it aside, under {@code FILE.lock}. Not thread-safe.
 */
public final class RotatedFile {
  private final Path file;
  private final long maxBytes;
  private final int files;

  /**
   * Touches nothing yet.
   *
   * @param maxBytes size at which the file is put aside, before more is appended
   * @param files how many there are at most, this one counted
   */
  public RotatedFile(Path file, long maxBytes, int files) {
    this.file = file.toAbsolutePath();
    this.maxBytes = maxBytes;
    this.files = files;
  }

  /** Appends {@code text}, which may be empty: then only the file is made. */
  public void append(String text) throws IOException {
    if (!text.isEmpty() && isFull()) {
      putAside();
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }

  private boolean isFull() throws IOException {
    return Files.exists(file) && Files.size(file) >= maxBytes;
  }

  private void putAside() throws IOException {
    try (FileChannel channel =
            FileChannel.open(sibling("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      if (!lock.isValid() || !isFull()) {
        return;
      }
      for (int number = files - 1; number > 0; number--) {
        Path newer = number == 1 ? file : sibling(Integer.toString(number - 1));
        if (Files.exists(newer)) {
          Files.move(newer, sibling(Integer.toString(number)), StandardCopyOption.REPLACE_EXISTING);
        }
      }
      if (files == 1) {
        Files.delete(file);
      }
    }
  }

  private Path sibling(String suffix) {
    return file.resolveSibling(file.getFileName() + "." + suffix);
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
