package dev.obdbuild.backstore.attach;

import dev.obdbuild.backstore.config.UpperSpec;
import dev.obdbuild.backstore.device.HostSparseFile;
import dev.obdbuild.overlaybd.lsmt.WritableLayer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** An image's writable layer, which no other process may have open. */
final class UpperLayer implements AutoCloseable {
  private final FileChannel lock;
  private final WritableLayer layer;

  private UpperLayer(FileChannel lock, WritableLayer layer) {
    this.lock = lock;
    this.layer = layer;
  }

  WritableLayer layer() {
    return layer;
  }

  /** Opens both files, which must be there. */
  static UpperLayer open(UpperSpec upper) throws IOException {
    checkThere("upper.data", upper.data());
    checkThere("upper.index", upper.index());
    FileChannel lock = FileChannel.open(upper.data(), StandardOpenOption.WRITE);
    try {
      // Held until the channel is closed.
      if (!isFree(lock)) {
        throw new IOException("the writable layer " + upper.data() + " is in use already");
      }
      return new UpperLayer(lock, layer(upper.data(), upper.index()));
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static void checkThere(String key, Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(
          key + " " + file + (Files.exists(file) ? " is no file" : " does not exist"));
    }
  }

  private static boolean isFree(FileChannel lock) throws IOException {
    try {
      return lock.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static WritableLayer layer(Path data, Path index) throws IOException {
    HostSparseFile content = HostSparseFile.open(data);
    try {
      HostSparseFile records = HostSparseFile.open(index);
      try {
        return WritableLayer.open(content, records, content, data.toString());
      } catch (IOException | RuntimeException e) {
        records.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      content.close();
      throw e;
    }
  }

  /** Makes everything durable and gives the files up. */
  @Override
  public void close() throws IOException {
    try (lock;
        layer) {
      layer.force();
    }
  }
}
