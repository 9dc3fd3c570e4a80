package dev.obdbuild.backstore.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.linux.ext.BlockNode;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.SplitRandom;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every {@link DeviceExporter} does, asked through its nodes. One small subclass for each
 * exporter.
 */
@NeedsDevice
abstract class ExporterConformance {
  static final int SIZE = 16 << 20;

  /** The exporter under test; made anew for each test. */
  abstract DeviceExporter exporter() throws IOException;

  /** What the exporter has left in the kernel and on disk, one line each. */
  abstract List<String> leftovers() throws IOException;

  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  void aNodeBehavesAsAnArrayOfBytesUnderRandomOperations(int sectorSize) {
    SplitRandom.run(
        random -> {
          byte[] model = new byte[SIZE];
          try (BlockDevice device = new MemoryDevice(SIZE, sectorSize);
              ExportedDevice exported = exporter().export(device, "random", false)) {
            assertThat(exported.sectorSize()).isEqualTo(sectorSize);
            try (NodeFile node = new NodeFile(exported.node())) {
              assertThat(node.node().size()).isEqualTo(SIZE);
              assertThat(node.node().sectorSize()).isEqualTo(sectorSize);
              for (int i = 0; i < 400; i++) {
                step(node, model, random);
              }
              assertThat(node.read(0, SIZE)).isEqualTo(model);
            }
            assertThat(BlockDeviceConformance.read(device, 0, SIZE)).isEqualTo(model);
          }
        });
    assertThatNothingIsLeft();
  }

  private static void step(NodeFile node, byte[] model, SplittableRandom random)
      throws IOException {
    int length = 4096 * random.nextInt(1, random.nextInt(6) == 0 ? 600 : 9);
    int offset = 4096 * random.nextInt((SIZE - length) / 4096 + 1);
    switch (random.nextInt(6)) {
      case 0, 1 -> {
        byte[] bytes = SplitRandom.bytes(random, length);
        node.write(offset, bytes);
        System.arraycopy(bytes, 0, model, offset, length);
      }
      case 2 -> {
        node.node().discard(offset, length);
        Arrays.fill(model, offset, offset + length, (byte) 0);
      }
      case 3 -> {
        node.node().zero(offset, length);
        Arrays.fill(model, offset, offset + length, (byte) 0);
      }
      case 4 -> node.flush();
      default ->
          assertThat(node.read(offset, length))
              .isEqualTo(Arrays.copyOfRange(model, offset, offset + length));
    }
  }

  @Test
  void disjointWritersAndReadersDoNotDisturbEachOther() {
    SplitRandom.run(
        random -> {
          try (BlockDevice device = new MemoryDevice(SIZE, 4096);
              ExportedDevice exported = exporter().export(device, "lanes", false);
              NodeFile node = new NodeFile(exported.node())) {
            ConcurrentLanes.run(8, random, new ConcurrentLanes.NodeAccess(node), SIZE, 150);
          }
        });
  }

  @Test
  void devicesAtOnceKeepTheirBytesApart() throws Exception {
    List<ExportedDevice> exported = new ArrayList<>();
    List<NodeFile> nodes = new ArrayList<>();
    try {
      for (int i = 0; i < 6; i++) {
        exported.add(exporter().export(new MemoryDevice(1 << 20, 4096), "lanes", false));
        nodes.add(new NodeFile(exported.get(i).node()));
      }
      for (int round = 0; round < 4; round++) {
        for (int i = 0; i < nodes.size(); i++) {
          byte[] bytes = new byte[8192];
          Arrays.fill(bytes, (byte) (16 * round + i));
          nodes.get(i).write(round * 8192L, bytes);
        }
      }
      for (int i = 0; i < nodes.size(); i++) {
        for (int round = 0; round < 4; round++) {
          assertThat(nodes.get(i).read(round * 8192L, 8192)).containsOnly(16 * round + i);
        }
      }
    } finally {
      for (NodeFile node : nodes) {
        node.close();
      }
      for (ExportedDevice device : exported) {
        device.close();
      }
    }
    assertThatNothingIsLeft();
  }

  @Test
  void whatIsWrittenThroughThePageCacheIsThereAfterAFlush() throws IOException {
    byte[] bytes = SplitRandom.bytes(new SplittableRandom(1), 1 << 20);
    try (BlockDevice device = new MemoryDevice(SIZE, 4096);
        ExportedDevice exported = exporter().export(device, "cached", false)) {
      try (FileChannel channel = FileChannel.open(exported.node(), StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.wrap(bytes), 12345);
        channel.force(true);
        byte[] padded = new byte[(1 << 20) + 16384];
        System.arraycopy(bytes, 0, padded, 12345, bytes.length);
        assertThat(BlockDeviceConformance.read(device, 0, padded.length)).isEqualTo(padded);
      }
    }
  }

  @Test
  void aReadOnlyNodeTakesNoWrites() throws IOException {
    try (BlockDevice device = new MemoryDevice(SIZE, 4096);
        ExportedDevice exported = exporter().export(device, "read-only", true);
        BlockNode node = BlockNode.openReadOnly(exported.node())) {
      assertThat(node.size()).isEqualTo(SIZE);
      assertThatThrownBy(() -> writeOnce(exported.node())).isInstanceOf(IOException.class);
    }
  }

  private static void writeOnce(Path node) throws IOException {
    try (NodeFile file = new NodeFile(node)) {
      file.write(0, new byte[4096]);
    }
  }

  @Test
  void anErrorOfTheDeviceIsAnInputOutputErrorOfItsUser() throws IOException {
    FaultyDevice device = new FaultyDevice(new MemoryDevice(SIZE, 4096));
    try (ExportedDevice exported = exporter().export(device, "faulty", false);
        NodeFile node = new NodeFile(exported.node())) {
      device.failAt(8192);
      assertThat(node.read(0, 8192)).containsOnly(0);
      // Past the page cache the kernel tells kinds of failures apart, and a disk's differ.
      assertThatThrownBy(() -> node.read(8192, 4096)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> readCached(exported.node(), 8192))
          .hasMessageContaining("Input/output error");
      assertThatThrownBy(() -> node.write(8192, new byte[4096]))
          .hasMessageContaining("Input/output error");
      assertThatThrownBy(() -> node.node().discard(8192, 4096)).hasMessageContaining("EIO");
    }
  }

  private static void readCached(Path node, long offset) throws IOException {
    try (FileChannel channel = FileChannel.open(node, StandardOpenOption.READ)) {
      channel.read(ByteBuffer.allocate(1), offset);
    }
  }

  @Test
  void abortEndsARequestThatWaits() throws Exception {
    FaultyDevice device = new FaultyDevice(new MemoryDevice(SIZE, 4096));
    CountDownLatch release = new CountDownLatch(1);
    ExportedDevice exported = exporter().export(device, "abort", false);
    try (NodeFile node = new NodeFile(exported.node());
        ExecutorService reader = Executors.newSingleThreadExecutor()) {
      CountDownLatch reached = device.blockAt(4096, release);
      Future<byte[]> waiting = reader.submit(() -> node.read(4096, 4096));
      reached.await();
      exported.abort();
      assertThatThrownBy(waiting::get).hasMessageContaining("Input/output error");
      assertThatThrownBy(() -> node.read(0, 4096)).hasMessageContaining("Input/output error");
    } finally {
      release.countDown();
    }
    exported.close();
    assertThatNothingIsLeft();
  }

  @Test
  void closeWhileBusySaysSoAndCutsTheUserOff() throws Exception {
    BlockDevice device = new MemoryDevice(SIZE, 4096);
    ExportedDevice exported = exporter().export(device, "busy", false);
    NodeFile node = new NodeFile(exported.node());
    assertThatThrownBy(exported::close)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("in use");
    assertThatThrownBy(() -> node.read(0, 4096)).isInstanceOf(IOException.class);
    node.close();
    exported.close();
    device.close();
    assertThatNothingIsLeft();
  }

  @Test
  void readsThatWaitDoNotHoldUpWrites() throws Exception {
    FaultyDevice device = new FaultyDevice(new MemoryDevice(SIZE, 4096));
    CountDownLatch release = new CountDownLatch(1);
    int slow = 6; // more than there are serving threads
    try (ExportedDevice exported = exporter().export(device, "slow", false);
        NodeFile node = new NodeFile(exported.node());
        ExecutorService readers = Executors.newFixedThreadPool(slow)) {
      CountDownLatch[] reached = new CountDownLatch[slow];
      Future<?>[] waiting = new Future<?>[slow];
      for (int i = 0; i < slow; i++) {
        long offset = (1L + i) << 20;
        reached[i] = device.blockAt(offset, release);
        waiting[i] = readers.submit(() -> node.read(offset, 4096));
      }
      try {
        for (CountDownLatch latch : reached) {
          latch.await();
        }
        node.write(0, new byte[4096]);
        node.flush();
      } finally {
        release.countDown();
      }
      for (Future<?> read : waiting) {
        read.get();
      }
    }
  }

  @Test
  void manyDevicesOneAfterTheOtherLeaveNothing() throws IOException {
    DeviceExporter exporter = exporter();
    for (int i = 0; i < 20; i++) {
      try (BlockDevice device = new MemoryDevice(1 << 20, 4096);
          ExportedDevice exported = exporter.export(device, "many", false);
          NodeFile node = new NodeFile(exported.node())) {
        node.write(4096, new byte[4096]);
      }
    }
    assertThatNothingIsLeft();
  }

  private void assertThatNothingIsLeft() {
    try {
      assertThat(leftovers()).isEmpty();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
