package dev.obdbuild.snapshots.fs;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.obdbuild.overlaybd.block.MemoryFile;
import java.io.IOException;
import org.junit.jupiter.api.Tag;

/** Any bytes where filesystems begin: refused by name, or a filesystem that fits its device. */
@Tag("fuzz")
final class ProbeFuzzTest {
  private static final int DEVICE = 1 << 20;
  private static final int BTRFS = 64 << 10;

  /** The first 4 KiB, and behind them what stands at 64 KiB. */
  @FuzzTest(maxDuration = "60s")
  void devices(byte[] bytes) {
    byte[] device = new byte[DEVICE];
    int first = Math.min(bytes.length, 4096);
    System.arraycopy(bytes, 0, device, 0, first);
    System.arraycopy(bytes, first, device, BTRFS, Math.min(bytes.length - first, DEVICE - BTRFS));
    try {
      Probe probe = Probe.of(MemoryFile.of(device), "dev");
      assertThat(probe.geometry().size()).isBetween(1L, (long) DEVICE);
    } catch (IOException e) {
      assertThat(e).hasMessageStartingWith("dev");
    }
  }
}
