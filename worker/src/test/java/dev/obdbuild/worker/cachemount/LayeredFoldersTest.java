package dev.obdbuild.worker.cachemount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.backstore.device.FuseLoopExporter;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.snapshots.Lease;
import dev.obdbuild.snapshots.MountedView;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.snapshots.Snapshots;
import dev.obdbuild.snapshots.SnapshotsConfig;
import dev.obdbuild.snapshots.layer.RemoteBlobs;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.CancellationSource;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Folders that are layers on a device: what they hold, who shares them, what is left of them. */
@Timeout(120)
@NeedsRoot
@NeedsDevice
@NeedsTool("mke2fs")
final class LayeredFoldersTest {

  private static final FolderId ID = FolderId.of("id");
  private static final InitialContent EMPTY = folder -> {};

  @TempDir private Path temp;
  private Snapshots snapshots;
  private CacheMounts mounts;
  private Lease lease;

  @BeforeEach
  void open() throws IOException {
    snapshots =
        Snapshots.open(
            SnapshotsConfig.of(temp.resolve("root"), FuseLoopExporter::new, nothing())
                .withFilesystemBytes(1L << 28));
    mounts = new CacheMounts(temp.resolve("mounts"), snapshots);
    lease = snapshots.lease("test", Duration.ofHours(1));
  }

  @AfterEach
  void close() throws IOException {
    lease.close();
    snapshots.close();
  }

  private static RemoteBlobs nothing() {
    return new RemoteBlobs() {
      @Override
      public Layer layer(LayerBlob blob) throws IOException {
        throw new IOException("there is no registry");
      }

      @Override
      public InputStream stream(LayerBlob blob) throws IOException {
        throw new IOException("there is no registry");
      }
    };
  }

  private FolderUse use(Sharing sharing) throws IOException {
    return mounts.use(ID, sharing, EMPTY, Cancellation.never());
  }

  private Snapshot contents() throws IOException {
    return mounts.contents(ID, lease, Cancellation.never()).orElseThrow();
  }

  private void write(FolderUse use, String name, String text) throws IOException {
    snapshots.mountThreads().call(() -> Files.writeString(use.folder().resolve(name), text));
  }

  private String read(Path folder, String name) throws IOException {
    return snapshots.mountThreads().call(() -> Files.readString(folder.resolve(name)));
  }

  /** A folder that is layers, with one file. */
  private void layered() throws IOException {
    try (FolderUse use = use(Sharing.SHARED)) {
      write(use, "file", "first");
      Files.setPosixFilePermissions(
          use.folder(), java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-x---"));
    }
    var _ = contents();
  }

  @Test
  void aFolderOfTheHostMovesOntoADeviceWithAllThatItHolds() throws Exception {
    layered();

    try (FolderUse use = use(Sharing.SHARED)) {
      assertThat(use.folder()).startsWith(snapshots.paths().root());
      assertThat(read(use.folder(), "file")).isEqualTo("first");
      assertThat(snapshots.mountThreads().call(() -> Files.getPosixFilePermissions(use.folder())))
          .hasSize(5);
    }
    assertThat(mounts.list())
        .singleElement()
        .satisfies(record -> assertThat(record.bytes()).isPositive());
  }

  @Test
  void whatIsWrittenWhileTwoShareItIsKeptWhenTheLastLetsGo() throws Exception {
    layered();
    Snapshot before = contents();
    try (FolderUse last = use(Sharing.SHARED)) {
      try (FolderUse first = use(Sharing.SHARED)) {
        assertThat(first.folder()).isEqualTo(last.folder());
        write(first, "one", "1");
      }
      write(last, "two", "2");
    }

    Snapshot after = contents();
    assertThat(after.layers()).hasSize(before.layers().size() + 1);
    try (MountedView view = snapshots.view(after)) {
      assertThat(read(view.path(), "one") + read(view.path(), "two")).isEqualTo("12");
    }
  }

  @Test
  void aUseThatWritesNothingAddsNoLayer() throws Exception {
    layered();
    Snapshot before = contents();

    try (FolderUse use = use(Sharing.LOCKED)) {
      assertThat(read(use.folder(), "file")).isEqualTo("first");
    }

    assertThat(contents().layers()).isEqualTo(before.layers());
  }

  @Test
  void privateFoldersAreApart() throws Exception {
    layered();
    try (FolderUse one = use(Sharing.PRIVATE);
        FolderUse two = use(Sharing.PRIVATE)) {
      assertThat(read(one.folder(), "file")).isEqualTo("first");
      assertThat(two.folder()).isEmptyDirectory();
    }
  }

  @Test
  void whatIsExportedWaitsForTheLastUser() throws Exception {
    layered();
    CompletableFuture<Snapshot> exported = new CompletableFuture<>();
    try (FolderUse use = use(Sharing.SHARED)) {
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  exported.complete(contents());
                } catch (IOException | RuntimeException e) {
                  exported.completeExceptionally(e);
                }
              });
      CancellationSource impatient = new CancellationSource();
      impatient.cancel();
      assertThatThrownBy(() -> mounts.contents(ID, lease, impatient))
          .isInstanceOf(CancellationException.class);
      assertThat(exported).isNotDone();
      write(use, "late", "but in it");
    }
    try (MountedView view = snapshots.view(exported.get())) {
      assertThat(read(view.path(), "late")).isEqualTo("but in it");
    }
  }

  @Test
  void aFailedDeviceLosesOnlyWhatItsUserWrote() throws Exception {
    layered();
    try (FolderUse use = use(Sharing.SHARED)) {
      write(use, "lost", "lost");
      use.failDevice();
      assertThat(use.deviceFailure()).isPresent();
    }
    try (FolderUse use = use(Sharing.SHARED)) {
      assertThat(use.deviceFailure()).isEmpty();
      assertThat(read(use.folder(), "file")).isEqualTo("first");
      assertThat(snapshots.mountThreads().call(() -> Files.exists(use.folder().resolve("lost"))))
          .isFalse();
    }
  }

  @Test
  void aSharedDeviceIsNotFailedForOneOfItsUsers() throws Exception {
    layered();
    try (FolderUse one = use(Sharing.SHARED);
        FolderUse two = use(Sharing.SHARED)) {
      one.failDevice();

      assertThat(two.deviceFailure()).isEmpty();
      write(two, "file", "goes on");
    }
  }

  @Test
  @Tag("slow")
  void manyUsesBecomeOneLayerAgain() throws Exception {
    layered();
    for (int i = 0; i < 60; i++) {
      try (FolderUse use = use(Sharing.SHARED)) {
        write(use, "f" + i, "x".repeat(i));
      }
    }

    Snapshot contents = contents();
    assertThat(contents.layers()).hasSizeLessThan(50);
    try (MountedView view = snapshots.view(contents)) {
      assertThat(read(view.path(), "f0") + read(view.path(), "f59")).isEqualTo("x".repeat(59));
      assertThat(snapshots.mountThreads().call(() -> view.path().toFile().list())).hasSize(61);
    }
  }

  @Test
  void whatIsKeptIsNeitherPrunedNorLeftBehind() throws Exception {
    layered();
    try (FolderUse use = use(Sharing.SHARED)) {
      write(use, "more", "more");
      assertThat(mounts.remove(mounts.list().getFirst())).as("in use").isFalse();
    }
    lease.close();
    var _ = snapshots.prune(dev.obdbuild.snapshots.PruneRequest.everything());
    try (FolderUse use = use(Sharing.SHARED)) {
      assertThat(read(use.folder(), "more")).isEqualTo("more");
    }

    assertThat(mounts.remove(mounts.list().getFirst())).isTrue();

    assertThat(mounts.list()).isEmpty();
    assertThat(snapshots.usage().records()).isEmpty();
    try (FolderUse use = use(Sharing.SHARED)) {
      assertThat(use.folder()).isEmptyDirectory();
    }
  }

  @Test
  void anotherProcessWaitsForADeviceAndThenFindsWhatWasWritten() throws Exception {
    layered();
    try (Snapshots others =
        Snapshots.open(
            SnapshotsConfig.of(temp.resolve("root"), FuseLoopExporter::new, nothing())
                .withFilesystemBytes(1L << 28))) {
      CacheMounts theirs = new CacheMounts(temp.resolve("mounts"), others);
      try (FolderUse ours = use(Sharing.SHARED)) {
        write(ours, "file", "ours");
        CancellationSource impatient = new CancellationSource();
        impatient.cancel();
        assertThatThrownBy(() -> theirs.use(ID, Sharing.SHARED, EMPTY, impatient))
            .isInstanceOf(CancellationException.class);
      }
      try (FolderUse use = theirs.use(ID, Sharing.SHARED, EMPTY, Cancellation.never())) {
        assertThat(others.mountThreads().call(() -> Files.readString(use.folder().resolve("file"))))
            .isEqualTo("ours");
      }
    }
  }

  @Test
  void aFolderIsThereAgainWhenTheStoreIsOpenedAgain() throws Exception {
    layered();
    try (FolderUse use = use(Sharing.SHARED)) {
      write(use, "file", "second");
    }
    close();
    open();

    try (FolderUse use = use(Sharing.SHARED)) {
      assertThat(read(use.folder(), "file")).isEqualTo("second");
    }
    assertThat(mounts.named("id")).containsExactly(ID);
    assertThat(mounts.contents(FolderId.of("other"), lease, Cancellation.never()))
        .isEqualTo(Optional.empty());
  }
}
