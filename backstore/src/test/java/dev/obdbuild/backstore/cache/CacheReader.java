package dev.obdbuild.backstore.cache;

import dev.obdbuild.overlaybd.block.BlockFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/** A process that reads through a shared cache and checks every byte. */
final class CacheReader {

  static final int SIZE = 6 << 20;

  private CacheReader() {}

  /**
   * Arguments: the cache's folder and bound, how many reads (0: until killed), a seed. Prints a
   * line once it reads, and fails at the first wrong byte.
   */
  public static void main(String[] arguments) throws IOException {
    long bound = Long.parseLong(arguments[1]);
    int reads = Integer.parseInt(arguments[2]);
    Random random = new Random(Long.parseLong(arguments[3]));
    CountingSource source = Blocks.source(SIZE);
    try (BlockCache cache = BlockCache.open(Path.of(arguments[0]), bound);
        BlockFile file = cache.wrap(Blocks.key(7), source)) {
      System.out.println("reading");
      for (int i = 0; reads == 0 || i < reads; i++) {
        int length = 1 + random.nextInt(150_000);
        int offset = random.nextInt(SIZE - length);
        if (!Arrays.equals(
            Blocks.read(file, offset, length), Blocks.slice(source, offset, length))) {
          throw new IOException(length + " bytes at " + offset + " are wrong");
        }
      }
    }
  }
}
