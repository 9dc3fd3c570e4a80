package dev.obdbuild.linux.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.linux.ext.BlockNode;
import dev.obdbuild.linux.sys.Descriptor;
import dev.obdbuild.testkit.NeedsDevice;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@NeedsDevice
final class LoopDeviceTest {
  @TempDir Path folder = Path.of("");
  private Path file = folder;

  @BeforeEach
  void makeFile() throws IOException {
    file = folder.resolve("image");
    try (RandomAccessFile image = new RandomAccessFile(file.toFile(), "rw")) {
      image.setLength(1 << 20);
    }
  }

  private LoopDevice.Attached attach(LoopOptions options) throws IOException {
    try (Descriptor backing = Descriptor.readWrite(file)) {
      return LoopDevice.attach(backing, options);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  void anAttachedFileIsADeviceWithItsSizeAndSectors(int sectorSize) throws IOException {
    LoopDevice device;
    try (LoopDevice.Attached attached = attach(new LoopOptions(sectorSize, false, true, true))) {
      device = attached.device();
      assertThat(device.backingFile()).contains(file);
      assertThat(device.directIo()).isTrue();
      assertThat(LoopDevice.attached()).contains(device);
      try (BlockNode node = BlockNode.open(device.node())) {
        assertThat(node.size()).isEqualTo(1 << 20);
        assertThat(node.sectorSize()).isEqualTo(sectorSize);
        node.discard(0, 4096);
        node.zero(0, 4096);
        node.flushBuffers();
      }
    }
    assertThat(device.backingFile()).isNotEqualTo(Optional.of(file));
  }

  @Test
  void aDeviceCanBeClearedByItsNumber() throws IOException {
    LoopDevice.Attached attached = attach(new LoopOptions(4096, true, false, false));
    attached.node().close();
    assertThat(attached.device().backingFile()).contains(file);
    attached.device().clear();
    assertThat(attached.device().backingFile()).isNotEqualTo(Optional.of(file));
    new LoopDevice(1_000_000).clear();
  }

  @Test
  void manyAtOnceGetDifferentDevices() throws Exception {
    List<LoopDevice.Attached> all = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
      List<Future<LoopDevice.Attached>> running = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        running.add(pool.submit(() -> attach(new LoopOptions(4096, false, false, true))));
      }
      for (Future<LoopDevice.Attached> one : running) {
        all.add(one.get());
      }
    } finally {
      for (LoopDevice.Attached one : all) {
        one.close();
      }
    }
    assertThat(all).extracting(LoopDevice.Attached::device).doesNotHaveDuplicates().hasSize(24);
  }

  @Test
  void onlyLoopNodesHaveALoopDevice() {
    assertThat(LoopDevice.ofNode(Path.of("/dev/loop12"))).contains(new LoopDevice(12));
    assertThat(LoopDevice.ofNode(Path.of("/dev/loop-control"))).isEmpty();
    assertThat(LoopDevice.ofNode(Path.of("/dev/sda"))).isEmpty();
  }
}
