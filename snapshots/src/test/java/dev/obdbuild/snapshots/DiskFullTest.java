package dev.obdbuild.snapshots;

import static dev.obdbuild.snapshots.TestStore.on;
import static dev.obdbuild.snapshots.TestStore.read;
import static dev.obdbuild.snapshots.TestStore.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.SmallDisk;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NeedsRoot
@NeedsDevice
final class DiskFullTest {
  @TempDir Path folder;

  @Test
  void aFullDiskFailsTheStepInClearWordsAndLeavesTheStoreWhole() throws Exception {
    Path root = Files.createDirectory(folder.resolve("small"));
    try (SmallDisk _ = SmallDisk.on(root, 24);
        Snapshots snapshots = TestStore.open(root);
        Lease lease = snapshots.lease("test", Duration.ofHours(1))) {
      Snapshot first;
      try (ActiveSnapshot active = snapshots.prepare(snapshots.scratch(), "first", lease)) {
        write(snapshots, active.path().resolve("a"), "one");
        first = active.commit("first");
      }
      try (ActiveSnapshot active = snapshots.prepare(first, "big", lease)) {
        try {
          on(snapshots, () -> fill(active.path().resolve("big")));
        } catch (IOException e) {
          // A program may see the failure or may not; the step must.
          assertThat(e).isNotNull();
        }
        assertThatThrownBy(() -> active.commit("big"))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("ENOSPC");
        assertThat(active.deviceFailure()).isPresent();
      }
      try (MountedView view = snapshots.view(first)) {
        assertThat(read(snapshots, view.path().resolve("a"))).isEqualTo("one");
      }
      try (ActiveSnapshot active = snapshots.prepare(first, "small", lease)) {
        write(snapshots, active.path().resolve("b"), "two");
        Snapshot second = active.commit("small");
        assertThat(snapshots.verify(second).problems()).isEmpty();
        assertThat(second.layers().getLast().seal().descriptor().size()).isPositive();
      }
      assertThat(snapshots.usage().records()).hasSize(2);
    }
  }

  private static long fill(Path file) throws IOException {
    byte[] noise = new byte[1 << 20];
    new Random(1).nextBytes(noise);
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < 60; i++) {
        out.write(noise);
      }
    }
    return Files.size(file);
  }
}
