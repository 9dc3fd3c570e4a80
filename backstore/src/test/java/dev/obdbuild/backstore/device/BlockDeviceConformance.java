package dev.obdbuild.backstore.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.testkit.SplitRandom;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * What every {@link BlockDevice} does, asked through the interface. One small subclass for each
 * device.
 */
abstract class BlockDeviceConformance {
  static final int SIZE = 8 << 20;

  /** A device of {@link #SIZE} bytes, all zeros, writable. */
  abstract BlockDevice device() throws IOException;

  @Test
  void behavesAsAnArrayOfBytesUnderRandomOperations() {
    SplitRandom.run(
        random -> {
          try (BlockDevice device = device()) {
            byte[] model = new byte[SIZE];
            for (int i = 0; i < 600; i++) {
              step(device, model, random);
            }
            assertThat(read(device, 0, SIZE)).isEqualTo(model);
          }
        });
  }

  private static void step(BlockDevice device, byte[] model, SplittableRandom random)
      throws IOException {
    int sector = device.sectorSize();
    int length = sector * random.nextInt(1, random.nextInt(8) == 0 ? 256 : 9);
    int offset = sector * random.nextInt((SIZE - length) / sector + 1);
    switch (random.nextInt(5)) {
      case 0, 1 -> {
        byte[] bytes = SplitRandom.bytes(random, length);
        device.write(offset, MemorySegment.ofArray(bytes));
        System.arraycopy(bytes, 0, model, offset, length);
      }
      case 2 -> {
        device.discard(offset, length);
        Arrays.fill(model, offset, offset + length, (byte) 0);
      }
      case 3 -> device.flush();
      default ->
          assertThat(read(device, offset, length))
              .isEqualTo(Arrays.copyOfRange(model, offset, offset + length));
    }
  }

  static byte[] read(BlockDevice device, long offset, int length) throws IOException {
    byte[] bytes = new byte[length];
    device.read(offset, MemorySegment.ofArray(bytes));
    return bytes;
  }

  @Test
  void neverWrittenBytesAreZeros() throws IOException {
    try (BlockDevice device = device()) {
      assertThat(read(device, 0, SIZE)).containsOnly(0);
    }
  }

  @Test
  void refusesRangesThatAreUnalignedOrOutside() throws IOException {
    try (BlockDevice device = device()) {
      int sector = device.sectorSize();
      MemorySegment one = MemorySegment.ofArray(new byte[sector]);
      for (long offset : new long[] {-sector, 1, SIZE, SIZE - sector + 1L, Long.MAX_VALUE - 511}) {
        assertThatThrownBy(() -> device.read(offset, one))
            .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> device.write(offset, one))
            .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> device.discard(offset, sector))
            .isInstanceOf(IllegalArgumentException.class);
      }
      MemorySegment odd = MemorySegment.ofArray(new byte[sector - 1]);
      assertThatThrownBy(() -> device.read(0, odd)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void everythingFailsAfterClose() throws IOException {
    BlockDevice device = device();
    MemorySegment one = MemorySegment.ofArray(new byte[device.sectorSize()]);
    device.close();
    device.close();
    assertThatThrownBy(() -> device.read(0, one)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> device.write(0, one)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> device.discard(0, device.sectorSize()))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(device::flush).isInstanceOf(IOException.class);
  }

  @Test
  void disjointWritersAndReadersDoNotDisturbEachOther() {
    SplitRandom.run(
        random -> {
          try (BlockDevice device = device()) {
            ConcurrentLanes.run(4, random, new ConcurrentLanes.DeviceAccess(device), SIZE, 150);
          }
        });
  }
}
