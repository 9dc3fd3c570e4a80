package dev.obdbuild.backstore.attach;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.backstore.config.UpperSpec;
import dev.obdbuild.backstore.device.ExportedDevice;
import dev.obdbuild.backstore.device.FuseLoopExporter;
import dev.obdbuild.backstore.metrics.DeviceMeter;
import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import dev.obdbuild.overlaybd.lsmt.WritableLayer;
import dev.obdbuild.testkit.ChildJvm;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.SmallDisk;
import dev.obdbuild.testkit.SplitRandom;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Disks that fill up, processes that are killed, devices that go away under a writable layer. */
@Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class UpperFaultsTest {
  private static final int MIB = 1 << 20;
  private static final long SIZE = 64L * MIB;

  @TempDir Path folder;
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());

  private UpperSpec create(Path place, boolean sparse) throws IOException {
    UpperSpec spec = new UpperSpec(place.resolve("data"), place.resolve("index"));
    if (sparse) {
      Uppers.createSparse(spec.data(), spec.index(), SIZE);
    } else {
      Uppers.createLog(spec.data(), spec.index(), SIZE);
    }
    return spec;
  }

  private interface Use {
    void run(ExportedDevice device) throws Exception;
  }

  private void serving(UpperSpec spec, LayerStack below, Use use) throws Exception {
    Path devices = Files.createDirectories(folder.resolve("dev"));
    try (UpperLayer upper = UpperLayer.open(spec);
        FuseLoopExporter exporter = new FuseLoopExporter(devices);
        ImageDevice device =
            new ImageDevice(
                below,
                Optional.of(upper.layer()),
                false,
                new DeviceMeter(),
                new FailureLog("image", log::add));
        ExportedDevice exported = exporter.export(device, "upper", false)) {
      use.run(exported);
    }
  }

  private static LayerStack nothing() {
    return LayerStack.of(List.of(), SIZE);
  }

  private static byte[] noise(int seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @NeedsRoot
  @NeedsDevice
  void aFullDiskFailsTheWriterAloneAndWithRoomItGoesOn(boolean sparse) throws Exception {
    Path small = Files.createDirectory(folder.resolve("small"));
    try (SmallDisk _ = SmallDisk.on(small, 12)) {
      Path ballast = Files.write(small.resolve("ballast"), new byte[4 * MIB]);
      UpperSpec spec = create(small, sparse);
      serving(
          spec,
          nothing(),
          exported -> {
            Path node = exported.node();
            NodeIo.write(node, 0, noise(1, 4 * MIB));
            assertThatThrownBy(() -> NodeIo.write(node, 8L * MIB, noise(2, 8 * MIB)))
                .isInstanceOf(IOException.class);
            assertThat(log.getFirst()).contains("image: write of", "ENOSPC");
            assertThat(NodeIo.read(node, 0, 4 * MIB)).isEqualTo(noise(1, 4 * MIB));
            Files.delete(ballast);
            NodeIo.write(node, 32L * MIB, noise(3, MIB));
            assertThat(NodeIo.read(node, 32L * MIB, MIB)).isEqualTo(noise(3, MIB));
          });
      serving(
          spec,
          nothing(),
          exported -> {
            assertThat(NodeIo.read(exported.node(), 0, 4 * MIB)).isEqualTo(noise(1, 4 * MIB));
            assertThat(NodeIo.read(exported.node(), 32L * MIB, MIB)).isEqualTo(noise(3, MIB));
          });
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @NeedsRoot
  @NeedsDevice
  void aDeviceClosedUnderItsWriterKeepsWhatWasFlushed(boolean sparse) throws Exception {
    UpperSpec spec = create(Files.createDirectory(folder.resolve("upper")), sparse);
    AtomicInteger flushed = new AtomicInteger();
    try (ExecutorService writer = Executors.newSingleThreadExecutor()) {
      List<Future<?>> writing = new ArrayList<>();
      serving(
          spec,
          nothing(),
          exported -> {
            writing.add(
                writer.submit(
                    () -> {
                      for (int i = 1; ; i++) {
                        NodeIo.write(exported.node(), i % 1000 * 4096L, noise(i, 4096));
                        flushed.set(i);
                      }
                    }));
            while (flushed.get() < 50) {
              Thread.onSpinWait();
            }
            try {
              exported.close();
            } catch (IOException inUse) {
              // The writer had it open: he is cut off and the closing says so.
              assertThat(inUse).hasMessageContaining("in use");
            }
          });
      assertThatThrownBy(() -> writing.getFirst().get(30, TimeUnit.SECONDS)).isNotNull();
    }
    int last = flushed.get();
    try (UpperLayer upper = UpperLayer.open(spec)) {
      byte[] got = new byte[4096];
      for (int i = Math.max(1, last - 900); i <= last; i++) {
        upper.layer().read(i % 1000 * 4096L, MemorySegment.ofArray(got), nothing());
        assertThat(got).isEqualTo(noise(i, 4096));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @NeedsRoot
  @NeedsDevice
  void singleSectorsAndDiscardsOverALowerLayerAreThereTheNextTime(boolean sparse) throws Exception {
    SparseLayer lower = SparseLayer.create(new MemoryFile(), SIZE);
    byte[] expected = noise(7, MIB);
    lower.write(0, MemorySegment.ofArray(expected));
    LayerStack below = LayerStack.of(List.of(lower.freeze()));
    UpperSpec spec = create(Files.createDirectory(folder.resolve("upper")), sparse);
    SplitRandom.run(
        random -> {
          try (UpperLayer upper = UpperLayer.open(spec);
              ImageDevice device =
                  new ImageDevice(
                      below,
                      Optional.of(upper.layer()),
                      false,
                      new DeviceMeter(),
                      new FailureLog("image", log::add))) {
            for (int i = 0; i < 400; i++) {
              int length = 512 * (1 + random.nextInt(20));
              int at = 512 * random.nextInt((MIB - length) / 512);
              byte[] bytes = new byte[length];
              if (random.nextInt(3) == 0) {
                device.discard(at, length);
              } else {
                random.nextBytes(bytes);
                device.write(at, MemorySegment.ofArray(bytes));
              }
              System.arraycopy(bytes, 0, expected, at, length);
            }
          }
        });
    serving(
        spec,
        below,
        exported ->
            assertThat(Arrays.mismatch(NodeIo.read(exported.node(), 0, MIB), expected))
                .isEqualTo(-1));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatAKilledWriterLeavesIsRight(boolean sparse) throws Exception {
    killed(sparse, 3);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Tag("slow")
  void whatManyKilledWritersLeaveIsRight(boolean sparse) throws Exception {
    killed(sparse, Integer.getInteger("obd.crash.rounds", 100));
  }

  private void killed(boolean sparse, int rounds) throws Exception {
    UpperSpec spec = create(Files.createDirectory(folder.resolve("killed")), sparse);
    SplitRandom.run(
        random -> {
          int last = 0;
          for (int round = 0; round < rounds; round++) {
            int flushed = writeAndKill(spec, last + 1, random);
            try (UpperLayer upper = UpperLayer.open(spec)) {
              last = check(upper.layer(), sparse, Math.max(last, flushed));
            }
          }
          assertThat(last).isGreaterThan(rounds);
        });
  }

  /** The number up to which everything was flushed. */
  private static int writeAndKill(UpperSpec spec, int first, SplittableRandom random)
      throws Exception {
    Process child =
        ChildJvm.start(
            UpperWriter.class, spec.data().toString(), spec.index().toString(), "" + first);
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(child.getInputStream(), US_ASCII));
    assertThat(lines.readLine()).isEqualTo("writing");
    boolean _ = child.waitFor(random.nextInt(120), TimeUnit.MILLISECONDS);
    // By its handle, which leaves us what it had printed.
    assertThat(child.toHandle().destroyForcibly()).isTrue();
    int flushed = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      flushed = line.isEmpty() ? flushed : Math.max(flushed, Integer.parseInt(line));
    }
    int _ = child.waitFor();
    return flushed;
  }

  /**
   * The pieces before the last one are whole and are those that belong there. Yields the last whole
   * one.
   */
  private static int check(WritableLayer layer, boolean sparse, int flushed) throws IOException {
    byte[] got = new byte[UpperWriter.PLACES * UpperWriter.PIECE];
    MemorySegment all = MemorySegment.ofArray(got);
    layer.read(0, all, UpperWriter.nothing(layer));
    int last = 0;
    for (int at = 0; at < got.length; at += 512) {
      last = Math.max(last, all.get(ValueLayout.JAVA_INT_UNALIGNED, at));
    }
    assertThat(last).isGreaterThanOrEqualTo(flushed);
    // Of a sparse layer the piece that was under way may be there in part.
    int whole = sparse ? last - 1 : last;
    for (int number = Math.max(1, last - UpperWriter.PLACES + 1); number <= whole; number++) {
      int at = number % UpperWriter.PLACES * UpperWriter.PIECE;
      assertThat(Arrays.copyOfRange(got, at, at + UpperWriter.PIECE))
          .as("piece %d of %d", number, last)
          .isEqualTo(UpperWriter.piece(number));
    }
    return whole;
  }
}
