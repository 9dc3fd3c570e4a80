package dev.obdbuild.backstore.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class PatientDeviceTest extends BlockDeviceConformance {
  @Override
  BlockDevice device() {
    return new PatientDevice(new MemoryDevice(SIZE, 512));
  }

  /** Lacks memory for the first few requests, in a wrapping as it comes from afar. */
  private static final class Scarce extends WrappedDevice {
    final AtomicInteger reads = new AtomicInteger();
    final AtomicInteger writes = new AtomicInteger();
    private final int failures;

    Scarce(BlockDevice device, int failures) {
      super(device);
      this.failures = failures;
    }

    @Override
    public void read(long offset, MemorySegment dst) throws IOException {
      if (reads.incrementAndGet() <= failures) {
        throw new IOException(
            "a block cannot be read", new IOException(new OutOfMemoryError("Java heap space")));
      }
      super.read(offset, dst);
    }

    @Override
    public void write(long offset, MemorySegment src) {
      writes.incrementAndGet();
      throw new OutOfMemoryError("Java heap space");
    }

    @Override
    public boolean mayWait(long offset, long length) {
      throw new OutOfMemoryError("Java heap space");
    }
  }

  @Test
  void aReadThatLackedMemoryIsDoneAgain() throws IOException {
    byte[] block = new byte[512];
    try (Scarce scarce = new Scarce(new MemoryDevice(SIZE, 512), 3);
        BlockDevice device = new PatientDevice(scarce)) {
      device.read(0, MemorySegment.ofArray(block));
      assertThat(scarce.reads).hasValue(4);
      assertThat(device.mayWait(0, 512)).isTrue();
    }
  }

  @Test
  void patienceEndsAndSaysWhatWasWantedForLackOfWhat() throws IOException {
    MemorySegment block = MemorySegment.ofArray(new byte[512]);
    try (Scarce scarce = new Scarce(new MemoryDevice(SIZE, 512), Integer.MAX_VALUE);
        BlockDevice device = new PatientDevice(scarce, 1)) {
      assertThatThrownBy(() -> device.read(1024, block))
          .hasMessageContaining("no memory for a read of 1024+512")
          .hasRootCauseInstanceOf(OutOfMemoryError.class);
    }
  }

  @Test
  void aWriteIsNeverRepeated() throws IOException {
    MemorySegment block = MemorySegment.ofArray(new byte[512]);
    try (Scarce scarce = new Scarce(new MemoryDevice(SIZE, 512), 0);
        BlockDevice device = new PatientDevice(scarce)) {
      assertThatThrownBy(() -> device.write(0, block)).isInstanceOf(OutOfMemoryError.class);
      assertThat(scarce.writes).hasValue(1);
    }
  }

  @Test
  void otherFailuresAreToldAtOnce() throws IOException {
    try (BlockDevice device = new PatientDevice(new MemoryDevice(SIZE, 512))) {
      MemorySegment block = MemorySegment.ofArray(new byte[512]);
      assertThatThrownBy(() -> device.read(SIZE, block))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
