package dev.obdbuild.backstore.cache;

import dev.obdbuild.overlaybd.block.BlockFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;

/** Random blobs, and reading what is cached of them. */
final class Blocks {

  private Blocks() {}

  static CountingSource source(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return new CountingSource(bytes);
  }

  static byte[] read(BlockFile file, long offset, int length) throws IOException {
    byte[] out = new byte[length];
    file.read(offset, MemorySegment.ofArray(out));
    return out;
  }

  static byte[] slice(CountingSource source, int offset, int length) {
    return Arrays.copyOfRange(source.bytes, offset, offset + length);
  }

  /** A key of which the first byte is {@code n}. */
  static String key(int n) {
    return String.format("%02x", n).repeat(32);
  }
}
