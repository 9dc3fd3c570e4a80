package dev.obdbuild.worker.cachemount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.CancellationSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class CacheMountsTest {

  private static final InitialContent EMPTY = folder -> {};

  @TempDir Path root;

  private FolderUse use(CacheMounts mounts, Sharing sharing) throws IOException {
    return mounts.use(FolderId.of("id"), sharing, EMPTY, Cancellation.never());
  }

  @Test
  void whatOneStepLeavesTheNextOneFinds() throws IOException {
    try (FolderUse first = use(new CacheMounts(root), Sharing.SHARED)) {
      Files.writeString(first.folder().resolve("file"), "kept");
    }
    try (FolderUse second = use(new CacheMounts(root), Sharing.LOCKED)) {
      assertThat(second.folder().resolve("file")).hasContent("kept");
    }
    try (FolderUse other =
        new CacheMounts(root)
            .use(FolderId.of("other"), Sharing.SHARED, EMPTY, Cancellation.never())) {
      assertThat(other.folder()).isEmptyDirectory();
    }
  }

  @Test
  void aSharedFolderIsSharedAtTheSameTime() throws IOException {
    CacheMounts mounts = new CacheMounts(root);
    try (FolderUse one = use(mounts, Sharing.SHARED);
        FolderUse two = use(mounts, Sharing.SHARED)) {
      assertThat(one.folder()).isEqualTo(two.folder());
    }
  }

  /** Whoever makes it shares it at once with those who would have made it as well. */
  @Test
  void aNewFolderIsSharedByAllWhoFindItMissing() throws Exception {
    CacheMounts mounts = new CacheMounts(root);
    CyclicBarrier together = new CyclicBarrier(2);
    for (int round = 0; round < 50; round++) {
      FolderId id = FolderId.of("id" + round);
      Callable<Integer> step =
          () -> {
            together.await(10, TimeUnit.SECONDS);
            try (FolderUse _ = mounts.use(id, Sharing.SHARED, EMPTY, Cancellation.never())) {
              return together.await(10, TimeUnit.SECONDS);
            }
          };
      FutureTask<Integer> other = new FutureTask<>(step);
      Thread.ofVirtual().start(other);
      assertThat(step.call() + other.get()).as("round " + round).isEqualTo(1);
    }
  }

  @Test
  void foldersAreListedWhileAStepRemovesWhatIsInThem() throws Exception {
    CacheMounts mounts = new CacheMounts(root);
    try (FolderUse step = use(mounts, Sharing.SHARED)) {
      FutureTask<Integer> listings =
          new FutureTask<>(
              () -> {
                int sum = 0;
                for (int i = 0; i < 300; i++) {
                  sum += mounts.list().size();
                }
                return sum;
              });
      Thread.ofPlatform().start(listings);
      while (!listings.isDone()) {
        Path below = Files.createDirectory(step.folder().resolve("below"));
        for (int i = 0; i < 300; i++) {
          Files.writeString(below.resolve("file" + i), "text");
        }
        for (int i = 0; i < 300; i++) {
          Files.delete(below.resolve("file" + i));
        }
        Files.delete(below);
      }
      assertThat(listings.get()).isEqualTo(300);
    }
  }

  @Test
  void aPrivateFolderIsGivenToOneAtATime() throws IOException {
    CacheMounts mounts = new CacheMounts(root);
    Path first;
    try (FolderUse one = use(mounts, Sharing.PRIVATE);
        FolderUse two = use(mounts, Sharing.PRIVATE)) {
      first = one.folder();
      assertThat(two.folder()).isNotEqualTo(first);
    }
    try (FolderUse again = use(mounts, Sharing.PRIVATE)) {
      assertThat(again.folder()).isEqualTo(first);
    }
  }

  @Test
  void aLockedFolderIsWaitedFor() throws Exception {
    CacheMounts mounts = new CacheMounts(root);
    CompletableFuture<Path> second = new CompletableFuture<>();
    try (FolderUse one = use(mounts, Sharing.LOCKED)) {
      Files.writeString(one.folder().resolve("file"), "written by the first");
      Thread.ofVirtual()
          .start(
              () -> {
                try (FolderUse two = use(mounts, Sharing.LOCKED)) {
                  assertThat(two.folder().resolve("file"))
                      .hasContent("written by the first, wholly");
                  second.complete(two.folder());
                } catch (IOException | AssertionError e) {
                  second.completeExceptionally(e);
                }
              });
      assertThat(second).isNotDone();
      Files.writeString(one.folder().resolve("file"), "written by the first, wholly");
    }
    assertThat(second.get()).isDirectory();
  }

  @Test
  void whoWaitsCanBeCancelled() throws Exception {
    CacheMounts mounts = new CacheMounts(root);
    try (FolderUse one = use(mounts, Sharing.SHARED);
        CancellationSource source = new CancellationSource()) {
      CompletableFuture<String> waiting = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(
              () -> {
                try (FolderUse two = mounts.use(FolderId.of("id"), Sharing.LOCKED, EMPTY, source)) {
                  waiting.complete("got " + two);
                } catch (IOException | CancellationException e) {
                  waiting.completeExceptionally(e);
                }
              });
      source.cancel();
      assertThatThrownBy(waiting::get).rootCause().isInstanceOf(CancellationException.class);
      assertThat(one.folder()).isDirectory();
    }
  }

  @Test
  void initialContentIsWrittenOnceAndWholly() throws IOException {
    CacheMounts mounts = new CacheMounts(root);
    assertThatThrownBy(
            () ->
                mounts.use(
                    FolderId.of("id"),
                    Sharing.SHARED,
                    folder -> {
                      Files.writeString(folder.resolve("half"), "");
                      throw new IOException("disk full");
                    },
                    Cancellation.never()))
        .hasMessage("disk full");
    InitialContent seed = folder -> Files.writeString(folder.resolve("seed"), "s");
    try (FolderUse one =
        mounts.use(FolderId.of("id"), Sharing.SHARED, seed, Cancellation.never())) {
      assertThat(one.folder().resolve("seed")).hasContent("s");
      assertThat(one.folder().resolve("half")).doesNotExist();
      Files.delete(one.folder().resolve("seed"));
    }
    try (FolderUse two =
        mounts.use(FolderId.of("id"), Sharing.SHARED, seed, Cancellation.never())) {
      assertThat(two.folder()).isEmptyDirectory();
    }
  }

  @Test
  void anotherProcessHoldsItsFolderUntilItDies() throws Exception {
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "--enable-native-access=ALL-UNNAMED",
                Holder.class.getName(),
                root.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8))) {
      Path theirs = Path.of(String.valueOf(lines.readLine()));
      CacheMounts mounts = new CacheMounts(root);
      try (FolderUse ours = use(mounts, Sharing.PRIVATE)) {
        assertThat(ours.folder()).isNotEqualTo(theirs);
      }
      List<FolderRecord> records = mounts.list();
      assertThat(records).extracting(FolderRecord::inUse).containsExactly(true, false);
      assertThat(mounts.remove(records.getFirst())).isFalse();
      holder.destroyForcibly().waitFor();
      try (FolderUse ours = use(mounts, Sharing.LOCKED)) {
        assertThat(ours.folder()).isEqualTo(theirs);
      }
      assertThat(mounts.remove(records.getFirst())).isTrue();
      assertThat(mounts.list()).hasSize(1);
    } finally {
      holder.destroyForcibly();
    }
  }

  /** Takes a folder and keeps it. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws Exception {
      try (FolderUse use =
          new CacheMounts(Path.of(args[0]))
              .use(FolderId.of("id"), Sharing.LOCKED, EMPTY, Cancellation.never())) {
        System.out.println(use.folder());
        Thread.sleep(Long.MAX_VALUE);
      }
    }
  }
}
