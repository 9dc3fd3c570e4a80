package dev.obdbuild.backstore.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.testkit.SplitRandom;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Threads that write and check interleaved blocks of one device: neighbours always belong to
 * different threads.
 */
final class ConcurrentLanes {
  private static final int BLOCK = 4096;

  private ConcurrentLanes() {}

  /** Some way to reach a device's bytes. */
  interface Access {
    byte[] read(long offset, int length) throws IOException;

    void write(long offset, byte[] bytes) throws IOException;
  }

  /** Through the interface. */
  record DeviceAccess(BlockDevice device) implements Access {
    @Override
    public byte[] read(long offset, int length) throws IOException {
      return BlockDeviceConformance.read(device, offset, length);
    }

    @Override
    public void write(long offset, byte[] bytes) throws IOException {
      device.write(offset, MemorySegment.ofArray(bytes));
    }
  }

  /** Through a node. */
  record NodeAccess(NodeFile node) implements Access {
    @Override
    public byte[] read(long offset, int length) throws IOException {
      return node.read(offset, length);
    }

    @Override
    public void write(long offset, byte[] bytes) throws IOException {
      node.write(offset, bytes);
    }
  }

  static void run(int threads, SplittableRandom random, Access access, int size, int operations)
      throws Exception {
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> running = new ArrayList<>();
      for (int lane = 0; lane < threads; lane++) {
        int mine = lane;
        SplittableRandom own = random.split();
        running.add(
            pool.submit(
                () -> {
                  lane(mine, threads, own, access, size / BLOCK / threads, operations);
                  return null;
                }));
      }
      for (Future<?> lane : running) {
        lane.get();
      }
    }
  }

  private static void lane(
      int lane, int lanes, SplittableRandom random, Access access, int blocks, int operations)
      throws IOException {
    byte[][] model = new byte[blocks][];
    Arrays.setAll(model, i -> new byte[BLOCK]);
    for (int i = 0; i < operations; i++) {
      int block = random.nextInt(blocks);
      long offset = ((long) block * lanes + lane) * BLOCK;
      if (random.nextBoolean()) {
        model[block] = SplitRandom.bytes(random, BLOCK);
        access.write(offset, model[block]);
      } else {
        assertThat(access.read(offset, BLOCK)).as("block at %s", offset).isEqualTo(model[block]);
      }
    }
  }
}
