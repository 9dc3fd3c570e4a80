package dev.obdbuild.overlaybd.zfile;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * CRC-32C from a given start value without the usual inversions, on the JDK's intrinsic. The JDK
 * always starts from all ones, so the data is preceded by four bytes that bring that state to the
 * start value.
 */
final class RawCrc32c {
  private static final int POLYNOMIAL = 0x82F63B78;

  private final byte[] prefix;
  private final CRC32C crc = new CRC32C();

  /** For one thread at a time. */
  RawCrc32c(int start) {
    int state = start;
    for (int bit = 0; bit < 32; bit++) {
      // One step backwards: the top bit tells whether the polynomial was added.
      state = state < 0 ? ((state ^ POLYNOMIAL) << 1) | 1 : state << 1;
    }
    state = ~state;
    prefix =
        new byte[] {(byte) state, (byte) (state >> 8), (byte) (state >> 16), (byte) (state >> 24)};
    reset();
  }

  void reset() {
    crc.reset();
    crc.update(prefix, 0, 4);
  }

  void update(MemorySegment bytes) {
    crc.update(bytes.asByteBuffer());
  }

  void update(ByteBuffer bytes) {
    crc.update(bytes);
  }

  int value() {
    return ~(int) crc.getValue();
  }

  int of(MemorySegment bytes) {
    reset();
    update(bytes);
    return value();
  }
}
