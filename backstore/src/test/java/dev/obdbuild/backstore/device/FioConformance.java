package dev.obdbuild.backstore.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** fio writes a pattern at random through many requests at once and reads all of it back. */
@NeedsDevice
@NeedsTool("fio")
abstract class FioConformance {
  private static final long SIZE = 1L << 30;

  @TempDir Path folder = Path.of("");

  /** The exporter under test. */
  abstract DeviceExporter exporter(Path served) throws IOException;

  /** Bytes written in each round. */
  abstract long written();

  @Test
  void everyBlockThatFioWroteIsReadBackAsItWas() throws Exception {
    Path served = Files.createDirectory(folder.resolve("dev"));
    HostSparseFile file = HostSparseFile.create(folder.resolve("top"));
    DeviceExporter exporter = exporter(served);
    try (StackDevice device =
            new StackDevice(LayerStack.of(List.of(), SIZE), SparseLayer.create(file, SIZE));
        ExportedDevice exported = exporter.export(device, "fio", false)) {
      for (String sizes : List.of("4k-4k", "4k-256k", "1m-2m")) {
        Commands.run(
            "fio",
            "--name=verify",
            "--filename=" + exported.node(),
            "--rw=randwrite",
            "--bsrange=" + sizes,
            "--ioengine=libaio",
            "--iodepth=32",
            "--direct=1",
            "--size=" + written(),
            "--verify=crc32c",
            "--verify_state_save=0",
            "--verify_fatal=1",
            "--do_verify=1",
            "--randseed=7");
      }
      assertThat(device.failure()).isEmpty();
      assertThat(device.stats().bytesWritten()).isGreaterThanOrEqualTo(3 * written());
    }
    assertThat(served).isEmptyDirectory();
  }
}
