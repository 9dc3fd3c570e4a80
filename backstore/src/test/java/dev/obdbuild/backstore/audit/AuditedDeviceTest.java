package dev.obdbuild.backstore.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.backstore.device.BlockDevice;
import dev.obdbuild.backstore.device.MemoryDevice;
import dev.obdbuild.backstore.device.StackDevice;
import dev.obdbuild.backstore.device.WrappedDevice;
import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AuditedDeviceTest {
  private static final int SIZE = 1 << 20;
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-01-02T03:04:05.678Z"));

  @TempDir Path folder = Path.of("");
  private final List<String> trouble = Collections.synchronizedList(new ArrayList<>());

  private AuditLog log(Duration slowerThan, long maxBytes) throws IOException {
    AuditSpec spec = new AuditSpec(folder.resolve("audit.log"), slowerThan);
    return AuditLog.open(spec, maxBytes, CLOCK, trouble::add);
  }

  private List<String> lines(String name) throws IOException {
    return Files.readAllLines(folder.resolve(name));
  }

  private static Layer layer() throws IOException {
    SparseLayer writable = SparseLayer.create(MemoryFile.of(new byte[0]), SIZE);
    writable.write(8192, MemorySegment.ofArray(new byte[4096]));
    return writable.freeze();
  }

  @Test
  void aSlowReadIsTheLayersThatItTouchesWithTheirOffsets() throws IOException {
    try (Layer layer = layer();
        AuditLog log = log(Duration.ZERO, AuditLog.MAX_BYTES);
        StackDevice stack = StackDevice.readOnly(LayerStack.of(List.of(layer)))) {
      AuditedDevice device = new AuditedDevice(stack, "early", stack::base, log);
      device.read(0, MemorySegment.ofArray(new byte[4096]));
      device.named(Path.of("/dev/loop9"));
      device.read(4096, MemorySegment.ofArray(new byte[8192]));
    }
    assertThat(lines("audit.log")).hasSize(2);
    assertThat(lines("audit.log").getFirst())
        .matches(
            "time=2026-01-02T03:04:05\\.678Z device=early digest=- offset=0 length=4096 us=\\d+"
                + " source=cache");
    assertThat(lines("audit.log").getLast())
        .matches(
            "time=\\S+ device=/dev/loop9 digest=\\S+ offset=12288 length=4096 us=\\d+"
                + " source=cache");
    assertThat(trouble).isEmpty();
  }

  @Test
  void whatIsNotSlowIsNotWritten() throws IOException {
    try (AuditLog log = log(Duration.ofDays(1), AuditLog.MAX_BYTES);
        StackDevice stack = StackDevice.readOnly(LayerStack.of(List.of(), SIZE));
        BlockDevice device = new AuditedDevice(stack, "quick", stack::base, log)) {
      device.read(0, MemorySegment.ofArray(new byte[4096]));
    }
    assertThat(lines("audit.log")).isEmpty();
  }

  /** Cannot read. */
  private static final class Broken extends WrappedDevice {
    Broken(BlockDevice device) {
      super(device);
    }

    @Override
    public void read(long offset, MemorySegment dst) throws IOException {
      throw new IOException("broken");
    }
  }

  @Test
  void aReadThatFailedSlowlyIsWrittenToo() throws IOException {
    LayerStack none = LayerStack.of(List.of(), SIZE);
    try (AuditLog log = log(Duration.ZERO, AuditLog.MAX_BYTES);
        BlockDevice device =
            new AuditedDevice(new Broken(new MemoryDevice(SIZE, 512)), "b", () -> none, log)) {
      MemorySegment block = MemorySegment.ofArray(new byte[512]);
      assertThatThrownBy(() -> device.read(512, block)).hasMessage("broken");
    }
    assertThat(lines("audit.log").getFirst()).contains("offset=512").endsWith("source=error");
  }

  @Test
  void aFullFileIsPutAsideTwiceAndThenForgotten() throws IOException {
    for (int i = 0; i < 4; i++) {
      try (AuditLog log = log(Duration.ZERO, 1)) {
        log.told(new SlowRead("d" + i, "-", 0, 512, 1, "cache"));
      }
    }
    assertThat(lines("audit.log").getFirst()).contains("device=d3");
    assertThat(lines("audit.log.1").getFirst()).contains("device=d2");
    assertThat(lines("audit.log.2").getFirst()).contains("device=d1");
    assertThat(folder.resolve("audit.log.3")).doesNotExist();
  }

  @Test
  void aFileThatCannotBeWrittenIsToldAtOnce() {
    AuditSpec spec = new AuditSpec(folder.resolve("no/such/folder/log"), Duration.ZERO);
    assertThatThrownBy(() -> AuditLog.open(spec, trouble::add)).isInstanceOf(IOException.class);
  }
}
