package dev.obdbuild.backstore.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsTool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** fio writes a pattern at random through many requests at once and reads all of it back. */
@NeedsDevice
@NeedsTool("fio")
@Tag("slow")
final class FioTest {
  private static final long SIZE = 1L << 30;

  @TempDir Path folder = Path.of("");

  @Test
  void everyBlockThatFioWroteIsReadBackAsItWas() throws Exception {
    Path served = Files.createDirectory(folder.resolve("dev"));
    HostSparseFile file = HostSparseFile.create(folder.resolve("top"));
    try (FuseLoopExporter exporter = new FuseLoopExporter(served);
        StackDevice device =
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
            "--size=128M",
            "--verify=crc32c",
            "--verify_state_save=0",
            "--verify_fatal=1",
            "--do_verify=1",
            "--randseed=7");
      }
      assertThat(device.failure()).isEmpty();
      assertThat(device.stats().bytesWritten()).isGreaterThanOrEqualTo(3 * (128L << 20));
    }
    assertThat(served).isEmptyDirectory();
  }
}
