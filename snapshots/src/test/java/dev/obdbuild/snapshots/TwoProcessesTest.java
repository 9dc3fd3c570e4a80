package dev.obdbuild.snapshots;

import static dev.obdbuild.snapshots.TestStore.read;
import static dev.obdbuild.snapshots.TestStore.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.testkit.ChildJvm;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NeedsRoot
@NeedsDevice
final class TwoProcessesTest {
  @TempDir Path root;

  @Test
  void twoProcessesBuildOnOneDirectoryAndSeeEachOthersResults() throws Exception {
    try (Snapshots mine = TestStore.open(root);
        Lease lease = mine.lease("mine", Duration.ofHours(1))) {
      Snapshot base;
      try (ActiveSnapshot active = mine.prepare(mine.scratch(), "base", lease)) {
        write(mine, active.path().resolve("base"), "base");
        base = active.commit("base");
      }
      Process child = ChildJvm.start(Other.class, root.toString(), base.id());
      try (ActiveSnapshot active = mine.prepare(base, "mine", lease)) {
        write(mine, active.path().resolve("mine"), "mine");
        String theirs = ChildJvm.firstLine(child);
        assertThat(child.waitFor()).isZero();
        // The other process swept, pruned and closed: our step is untouched.
        write(mine, active.path().resolve("still"), "writable");
        Snapshot done = active.commit("mine");
        assertThat(mine.verify(done).problems()).isEmpty();
        try (MountedView view = mine.view(mine.get(theirs).orElseThrow())) {
          assertThat(read(mine, view.path().resolve("theirs"))).isEqualTo("theirs");
          assertThat(read(mine, view.path().resolve("base"))).isEqualTo("base");
        }
      }
    }
  }

  /** A step on a snapshot of the first process, then everything that could hurt it. */
  static final class Other {
    public static void main(String[] args) throws Exception {
      try (Snapshots snapshots = TestStore.open(Path.of(args[0]));
          Lease lease = snapshots.lease("other", Duration.ofHours(1))) {
        Snapshot base = snapshots.get(args[1], lease).orElseThrow();
        Snapshot done;
        try (ActiveSnapshot active = snapshots.prepare(base, "theirs", lease)) {
          write(snapshots, active.path().resolve("theirs"), "theirs");
          done = active.commit("theirs");
        }
        snapshots
            .images()
            .put("docker.io/library/theirs:1", new byte[] {1}, new byte[] {2}, done, 1);
        snapshots.sweep();
        snapshots.prune(PruneRequest.everything());
        System.out.println(done.id());
      }
    }
  }
}
