package dev.obdbuild.snapshots;

import static dev.obdbuild.snapshots.TestStore.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.snapshots.TestStore.Files4Blobs;
import dev.obdbuild.snapshots.fs.NewFilesystem;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a runtime makes again after the sweep of its owner, or a process leaves that never began.
 */
@NeedsRoot
@NeedsDevice
final class FoldersOfNobodyTest {
  private static final String GONE = "2163-7701986-04a300a0fe10";

  @TempDir Path root;

  private Snapshots open() throws IOException {
    return Snapshots.open(
        TestStore.config(root, new Files4Blobs()).withFilesystem(NewFilesystem.of(1L << 30)));
  }

  @Test
  void foldersWithoutAnOwnerGoAndThoseOfOwnersStay() throws Exception {
    try (Snapshots first = open()) {
      Path run = Files.createDirectories(root.resolve("run").resolve(GONE).resolve("dev"));
      Path bundle = root.resolve("tmp").resolve(GONE).resolve("bundles/step/runtime");
      Files.writeString(Files.createDirectories(bundle).resolve("status"), "{}");
      Path another = Files.createDirectories(root.resolve("tmp/not an owner's"));
      Path owned = Files.createDirectories(run(GONE.replace('2', '3')));
      Files.createFile(root.resolve("owners").resolve(owned.getFileName() + ".lock"));
      open().close();
      assertThat(run).doesNotExist();
      assertThat(run.getParent()).doesNotExist();
      assertThat(root.resolve("tmp").resolve(GONE)).doesNotExist();
      assertThat(owned).as("a dead owner's, swept as such").doesNotExist();
      assertThat(another).exists();
      try (Lease lease = first.lease("test", Duration.ofHours(1));
          ActiveSnapshot step = first.prepare(first.scratch(), "step", lease)) {
        open().close();
        write(first, step.path().resolve("file"), "still here");
      }
    }
  }

  private Path run(String owner) {
    return root.resolve("run").resolve(owner);
  }
}
