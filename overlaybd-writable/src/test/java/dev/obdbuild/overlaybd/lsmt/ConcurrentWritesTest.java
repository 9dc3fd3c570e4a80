package dev.obdbuild.overlaybd.lsmt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.overlaybd.block.MemoryFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConcurrentWritesTest {
  private static final int THREADS = 4;
  private static final int SECTORS = 8192;

  /**
   * Every thread has its own sectors in every 4 KiB block: reads, writes and discards of them meet
   * in one word.
   */
  @ParameterizedTest
  @ValueSource(strings = {"log", "sparse"})
  void threads_on_disjoint_sectors_of_the_same_blocks_do_not_disturb_one_another(String kind)
      throws Exception {
    long size = SECTORS * 512L;
    WritableLayer layer =
        kind.equals("log")
            ? LogLayer.create(new MemoryFile(), new MemoryFile(), size)
            : SparseLayer.create(new MemoryFile(), size);
    LayerStack below = LayerStack.of(List.of(), size);
    byte[] expected = new byte[SECTORS];
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<?>> all = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        int thread = t;
        all.add(
            threads.submit(
                () -> {
                  work(layer, below, thread, expected);
                  return null;
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    byte[] device = new byte[(int) size];
    layer.read(0, MemorySegment.ofArray(device), below);
    for (int sector = 0; sector < SECTORS; sector++) {
      assertThat(device[sector * 512 + 100]).as("sector " + sector).isEqualTo(expected[sector]);
    }
    assertThat(layer.storedBytes()).isEqualTo(layer.segments().dataSectors() * 512);
  }

  private static void work(WritableLayer layer, LayerStack below, int thread, byte[] expected)
      throws IOException {
    SplittableRandom random = new SplittableRandom(thread);
    byte[] bytes = new byte[1024];
    byte[] got = new byte[1024];
    for (int i = 0; i < 20_000; i++) {
      int sector = random.nextInt(SECTORS / 8) * 8 + thread * 2;
      byte value = (byte) (1 + random.nextInt(100));
      if (random.nextInt(5) == 0) {
        value = 0;
        layer.discard(sector * 512L, 1024, below);
      } else {
        java.util.Arrays.fill(bytes, value);
        layer.write(sector * 512L, MemorySegment.ofArray(bytes));
      }
      expected[sector] = value;
      expected[sector + 1] = value;
      layer.read(sector * 512L, MemorySegment.ofArray(got), below);
      if (got[0] != value || got[1023] != value) {
        throw new AssertionError("sector " + sector + " reads " + got[0] + ", written " + value);
      }
    }
  }
}
