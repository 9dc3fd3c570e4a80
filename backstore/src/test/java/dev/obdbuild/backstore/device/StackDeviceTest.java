package dev.obdbuild.backstore.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.lsmt.CommitOptions;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerCommit;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import dev.obdbuild.testkit.SplitRandom;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a {@link StackDevice} does beyond being a {@link BlockDevice}: steps, failures, counts. */
final class StackDeviceTest {
  private static final int SIZE = 1 << 20;

  private static SparseLayer layer() throws IOException {
    return SparseLayer.create(new MemoryFile(), SIZE);
  }

  private static StackDevice device() throws IOException {
    return new StackDevice(LayerStack.of(List.of(), SIZE), layer());
  }

  private static MemorySegment filled(int value) {
    return MemorySegment.ofArray(new byte[4096]).fill((byte) value);
  }

  @Test
  void eachStepWritesItsOwnLayerAndSeesThoseBelow() throws IOException {
    try (StackDevice device = device()) {
      device.write(0, filled(1));
      device.write(4096, filled(1));
      Layer first = device.freezeTop();
      device.resume(layer());
      device.write(4096, filled(2));
      device.discard(0, 4096);
      Layer second = device.freezeTop();

      assertThat(device.base().layers()).containsExactly(first, second);
      assertThat(BlockDeviceConformance.read(device, 0, 4096)).containsOnly(0);
      assertThat(BlockDeviceConformance.read(device, 4096, 4096)).containsOnly(2);
      byte[] before = new byte[8192];
      LayerStack.of(List.of(first), SIZE).read(0, MemorySegment.ofArray(before));
      assertThat(before).containsOnly(1);
      assertThat(device.failure()).isEmpty();
    }
  }

  @Test
  void aWriteBetweenTwoStepsFailsTheDevice() throws IOException {
    try (StackDevice device = device()) {
      device.freezeTop();
      assertThat(device.top()).isEmpty();
      assertThatThrownBy(() -> device.write(0, filled(1)))
          .hasMessageContaining("frozen between two steps");
      device.resume(layer());
      assertThat(device.failure()).isPresent();
      assertThatThrownBy(() -> device.write(0, filled(1))).hasMessageContaining("failed before");
    }
  }

  @Test
  void aLateDiscardBetweenTwoStepsIsRefusedAndHarmless() throws IOException {
    try (StackDevice device = device()) {
      device.write(0, filled(1));
      device.freezeTop();
      assertThatThrownBy(() -> device.discard(0, 4096)).isInstanceOf(ReadOnlyDeviceException.class);
      assertThat(device.failure()).isEmpty();
      device.resume(layer());
      assertThat(BlockDeviceConformance.read(device, 0, 4096)).containsOnly(1);
      device.discard(0, 4096);
      assertThat(BlockDeviceConformance.read(device, 0, 4096)).containsOnly(0);
    }
  }

  @Test
  void aWriteToAReadOnlyDeviceIsRefusedAndHarmless() throws IOException {
    try (StackDevice device = StackDevice.readOnly(LayerStack.of(List.of(), SIZE))) {
      assertThatThrownBy(() -> device.write(0, filled(1)))
          .isInstanceOf(ReadOnlyDeviceException.class);
      assertThatThrownBy(() -> device.discard(0, 4096)).isInstanceOf(ReadOnlyDeviceException.class);
      assertThat(device.failure()).isEmpty();
      assertThat(BlockDeviceConformance.read(device, 0, SIZE)).containsOnly(0);
      assertThatThrownBy(() -> device.resume(layer())).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(device::freezeTop).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void oneFailedReadFailsAllThatFollows() throws IOException {
    BlockFile broken = new BrokenFile(committed());
    LayerStack stack = LayerStack.of(List.of(Layer.open(broken, "broken")), SIZE);
    try (StackDevice device = new StackDevice(stack, layer())) {
      device.write(0, filled(3));
      ((BrokenFile) broken).broken = true;
      assertThat(BlockDeviceConformance.read(device, 0, 4096)).containsOnly(3);
      assertThatThrownBy(() -> BlockDeviceConformance.read(device, 4096, 4096))
          .hasMessageContaining("planted");
      assertThat(device.failure())
          .hasValueSatisfying(e -> assertThat(e).hasMessageContaining("planted"));
      ((BrokenFile) broken).broken = false;
      assertThatThrownBy(() -> BlockDeviceConformance.read(device, 0, 4096))
          .hasMessageContaining("failed before");
      assertThatThrownBy(() -> device.write(0, filled(1))).hasMessageContaining("planted");
      assertThatThrownBy(device::flush).hasMessageContaining("planted");
      assertThatThrownBy(device::freezeTop).hasMessageContaining("planted");
    }
  }

  @Test
  void anErrorOfTheMachineIsAFailureToo() throws IOException {
    BrokenFile file = new BrokenFile(committed());
    LayerStack stack = LayerStack.of(List.of(Layer.open(file, "broken")), SIZE);
    try (StackDevice device = StackDevice.readOnly(stack)) {
      file.error = new NoClassDefFoundError("planted");
      assertThatThrownBy(() -> BlockDeviceConformance.read(device, 0, 4096))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("planted");
      assertThat(device.failure()).isPresent();
    }
  }

  @Test
  void aDeviceCanBeFailedFromOutsideAndKeepsTheFirstReason() throws IOException {
    try (StackDevice device = device()) {
      device.fail(new IOException("cancelled"));
      device.fail(new IOException("later"));
      assertThatThrownBy(() -> BlockDeviceConformance.read(device, 0, 4096))
          .hasMessageContaining("cancelled");
      assertThat(device.failure().orElseThrow()).hasMessage("cancelled");
    }
  }

  @Test
  void onlyReadsOfLayersThatAreNoPlainFilesMayWait() throws IOException {
    LayerStack stack =
        LayerStack.of(List.of(Layer.open(new BrokenFile(committed()), "remote")), SIZE);
    try (StackDevice device = new StackDevice(stack, layer())) {
      assertThat(device.mayWait(0, 4096)).isTrue();
      assertThat(device.mayWait(16384, 4096)).isFalse();
      assertThat(device.mayWait(12288, 8192)).isFalse();
    }
  }

  @Test
  void countsWhatItDid() throws IOException {
    try (StackDevice device = device()) {
      device.write(0, filled(1));
      device.write(8192, filled(1));
      device.discard(0, 16384);
      device.flush();
      BlockDeviceConformance.read(device, 0, 65536);
      assertThat(device.stats()).isEqualTo(new DeviceStats(1, 65536, 2, 8192, 1, 16384, 1));
    }
  }

  @Test
  void readersNoticeNothingOfTheSwapAndNoWriteIsLost() {
    SplitRandom.run(
        random -> {
          try (StackDevice device = device();
              ExecutorService pool = Executors.newFixedThreadPool(2)) {
            byte[] pattern = SplitRandom.bytes(random, SIZE / 2);
            device.write(0, MemorySegment.ofArray(pattern));
            AtomicBoolean done = new AtomicBoolean();
            SplittableRandom own = random.split();
            Future<?> reader =
                pool.submit(
                    () -> {
                      while (!done.get()) {
                        int offset = own.nextInt(SIZE / 2 / 4096) * 4096;
                        assertThat(BlockDeviceConformance.read(device, offset, 4096))
                            .isEqualTo(Arrays.copyOfRange(pattern, offset, offset + 4096));
                      }
                      return null;
                    });
            for (int step = 0; step < 40; step++) {
              device.write(SIZE / 2 + step * 4096L, filled(step + 1));
              device.freezeTop();
              device.resume(layer());
            }
            done.set(true);
            reader.get();
            for (int step = 0; step < 40; step++) {
              assertThat(BlockDeviceConformance.read(device, SIZE / 2 + step * 4096L, 4096))
                  .containsOnly(step + 1);
            }
          }
        });
  }

  /** A committed layer with four blocks of data at the start of the device. */
  private static MemoryFile committed() throws IOException {
    MemoryFile out = new MemoryFile();
    try (SparseLayer layer = layer()) {
      layer.write(0, MemorySegment.ofArray(new byte[12288]).fill((byte) 9));
      Layer frozen = layer.freeze();
      LayerCommit.write(frozen.index(), frozen.data(), CommitOptions.of(SIZE), out);
    }
    return out;
  }

  /** A file that fails on demand, standing for a registry. */
  private static final class BrokenFile implements BlockFile {
    private final BlockFile file;
    volatile boolean broken;
    volatile @Nullable Error error;

    BrokenFile(BlockFile file) {
      this.file = file;
    }

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public void read(long offset, MemorySegment dst) throws IOException {
      Error planted = error;
      if (planted != null) {
        throw planted;
      }
      if (broken) {
        throw new IOException("planted failure of the registry");
      }
      file.read(offset, dst);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
