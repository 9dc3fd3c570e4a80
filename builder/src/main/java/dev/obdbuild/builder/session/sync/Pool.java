package dev.obdbuild.builder.session.sync;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Numbered files, each written once. {@code DIR/HIGH/LOW}, both hexadecimal, 1024 to a directory;
 * numbers begin at 1 and are not used again while the process lives.
 */
final class Pool {
  private static final int SHIFT = 10;

  private final Path folder;
  private final AtomicLong last = new AtomicLong();
  private volatile long madeShard = -1;

  private Pool(Path folder) {
    this.folder = folder;
  }

  /** Opens a pool and deletes from it what is not among {@code kept}, sorted numbers. */
  static Pool open(Path folder, long[] kept) throws IOException {
    Pool pool = new Pool(folder);
    Files.createDirectories(folder);
    try (DirectoryStream<Path> shards = Files.newDirectoryStream(folder)) {
      for (Path shard : shards) {
        long high = number(shard);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(shard)) {
          for (Path file : files) {
            long number = high << SHIFT | number(file);
            if (Arrays.binarySearch(kept, number) < 0) {
              Files.delete(file);
            } else {
              pool.last.accumulateAndGet(number, Math::max);
            }
          }
        }
      }
    }
    return pool;
  }

  private static long number(Path file) throws IOException {
    try {
      return HexFormat.fromHexDigitsToLong(file.getFileName().toString());
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " is not a file of a pool", e);
    }
  }

  Path file(long number) {
    return shard(number >> SHIFT).resolve(Long.toHexString(number & (1 << SHIFT) - 1));
  }

  private Path shard(long high) {
    return folder.resolve(Long.toHexString(high));
  }

  long newNumber() {
    return last.incrementAndGet();
  }

  /** Creates the file of a new number, to be written. */
  FileChannel create(long number) throws IOException {
    long high = number >> SHIFT;
    if (madeShard != high) {
      Files.createDirectories(shard(high));
      madeShard = high;
    }
    return FileChannel.open(file(number), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  void delete(long number) throws IOException {
    Path file = file(number);
    try {
      Files.delete(file);
    } catch (NoSuchFileException e) {
      // The whole folder was removed before.
      return;
    }
  }
}
