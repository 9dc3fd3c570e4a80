package dev.obdbuild.backstore.prefetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.backstore.device.MemoryDevice;
import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.ChannelFile;
import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.layer.LayerFile;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import dev.obdbuild.overlaybd.lsmt.WritableLayer;
import dev.obdbuild.overlaybd.trace.TraceRecord;
import dev.obdbuild.testkit.NeedsShared;
import dev.obdbuild.testkit.Shared;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TraceTest {
  private static final int SIZE = 8 << 20;

  private static Layer layer() throws IOException {
    WritableLayer layer = SparseLayer.create(new MemoryFile(), SIZE);
    layer.write(0, MemorySegment.ofArray(new byte[SIZE]));
    return layer.freeze();
  }

  @Test
  void readsOfADeviceAreReadsOfItsLayers() throws IOException {
    try (Layer bottom = layer()) {
      WritableLayer writing = SparseLayer.create(new MemoryFile(), SIZE);
      writing.write(4096, MemorySegment.ofArray(new byte[4096]));
      LayerStack stack = LayerStack.of(List.of(bottom, writing.freeze()));
      TraceRecorder recorder = new TraceRecorder();
      try (RecordedDevice device =
          new RecordedDevice(new MemoryDevice(SIZE, 4096), () -> stack, recorder)) {
        device.read(0, MemorySegment.ofArray(new byte[12288]));
        device.read(12288, MemorySegment.ofArray(new byte[4096]));
        recorder.stop();
        device.read(1 << 20, MemorySegment.ofArray(new byte[4096]));
      }
      // A layer's data begins behind its header of 4096 bytes.
      assertThat(recorder.records())
          .containsExactly(
              new TraceRecord(0, 4096, 4096),
              new TraceRecord(1, 8192, 4096),
              new TraceRecord(0, 12288, 8192));
    }
  }

  @Test
  void neighboursAreReadTogetherAndWhatFitsNoLayerIsNot() throws IOException {
    try (Layer layer = layer()) {
      ReplayPlan plan =
          ReplayPlan.of(
              List.of(
                  new TraceRecord(0, 40960, 4096),
                  new TraceRecord(0, 4096, 4096),
                  new TraceRecord(1, 0, 4096),
                  new TraceRecord(0, SIZE, 8192),
                  new TraceRecord(0, 1 << 20, 3 << 20)),
              List.of(layer));
      assertThat(plan.skipped()).isEqualTo(2);
      assertThat(plan.reads())
          .containsExactly(
              new TraceRecord(0, 4096, 40960),
              new TraceRecord(0, 1 << 20, 1 << 20),
              new TraceRecord(0, 2 << 20, 1 << 20),
              new TraceRecord(0, 3 << 20, 1 << 20));
    }
  }

  @Test
  @NeedsShared
  void theOriginalsTraceIsReplayedOnItsLayers() throws Exception {
    List<TraceRecord> trace = AccelerationLayer.read(Shared.path("fixtures/overlaybd/trace/trace"));
    List<Layer> layers = new ArrayList<>();
    for (String name : List.of("layer0", "layer1")) {
      Path file = Shared.path("fixtures/overlaybd/lsmt/stack-2").resolve(name);
      layers.add(LayerFile.open(ChannelFile.open(file), name));
    }
    List<String> log = new ArrayList<>();
    try (TraceReplay replay = TraceReplay.start(trace, layers, 4, log::add)) {
      replay.await();
      assertThat(replay.bytes()).isPositive();
    }
    assertThat(log).singleElement().asString().startsWith("prefetched ").doesNotContain("fit no");
    for (Layer layer : layers) {
      layer.close();
    }
  }

  @Test
  void aReadThatFailsIsPassedOver() throws Exception {
    List<String> log = new ArrayList<>();
    List<TraceRecord> trace =
        List.of(new TraceRecord(0, 0, 4096), new TraceRecord(0, 4 << 20, 4096));
    try (Layer layer = faulty();
        TraceReplay replay = TraceReplay.start(trace, List.of(layer), 1, log::add)) {
      replay.await();
    }
    assertThat(log).singleElement().asString().contains("by 1 reads", "1 reads failed: planted");
  }

  /** A layer of which one range cannot be read. */
  private static Layer faulty() throws IOException {
    MemoryFile file = new MemoryFile();
    WritableLayer made = SparseLayer.create(file, SIZE);
    made.write(0, MemorySegment.ofArray(new byte[SIZE]));
    made.seal().close();
    return Layer.open(
        new BlockFile() {
          @Override
          public long size() {
            return file.size();
          }

          @Override
          public void read(long offset, MemorySegment dst) throws IOException {
            if (offset == 4 << 20) {
              throw new IOException("planted");
            }
            file.read(offset, dst);
          }

          @Override
          public void close() {}
        },
        "faulty");
  }

  @Test
  void aTraceComesOutOfItsLayerAsItWentIn(@TempDir Path folder) throws IOException {
    List<TraceRecord> trace = List.of(new TraceRecord(3, 512, 4096), new TraceRecord(0, 0, 1));
    byte[] tar = AccelerationLayer.tar(trace);
    assertThat(AccelerationLayer.read(new ByteArrayInputStream(tar), "t")).contains(trace);
    assertThat(tar).isEqualTo(AccelerationLayer.tar(trace));
    AccelerationLayer.write(trace, folder.resolve("trace"));
    assertThat(AccelerationLayer.read(folder.resolve("trace"))).isEqualTo(trace);
    assertThat(AccelerationLayer.read(new ByteArrayInputStream(new byte[1024]), "t")).isEmpty();
  }

  @Test
  void aFileThatIsTooLargeIsNoTrace(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("trace");
    Files.write(file, new byte[13 << 20]);
    assertThatThrownBy(() -> AccelerationLayer.read(file)).hasMessageContaining("possible are 24");
  }

  @Property(tries = 500)
  void damagedTracesAreRefusedOrMakeAPlan(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    List<TraceRecord> trace = new ArrayList<>();
    for (int i = random.nextInt(50); i >= 0; i--) {
      long offset = random.nextLong() & Long.MAX_VALUE;
      trace.add(
          new TraceRecord(
              random.nextInt(3), offset >> random.nextInt(63), random.nextInt(1 << 20)));
    }
    byte[] tar = AccelerationLayer.tar(trace.subList(0, trace.size()));
    for (int i = random.nextInt(3); i > 0; i--) {
      tar[random.nextInt(tar.length)] ^= (byte) (1 << random.nextInt(8));
    }
    try (Layer layer = faulty()) {
      List<TraceRecord> read =
          AccelerationLayer.read(new ByteArrayInputStream(tar), "t").orElse(List.of());
      assertThat(ReplayPlan.of(read, List.of(layer)).reads())
          .allSatisfy(r -> assertThat(r.length()).isBetween(1L, (long) ReplayPlan.MAX_READ));
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("t");
    }
  }
}
