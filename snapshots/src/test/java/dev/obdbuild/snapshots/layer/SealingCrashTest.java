package dev.obdbuild.snapshots.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.snapshots.store.Blobs;
import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.LayerTable;
import dev.obdbuild.snapshots.store.SealedRow;
import dev.obdbuild.snapshots.store.StorePaths;
import dev.obdbuild.testkit.ChildJvm;
import dev.obdbuild.testkit.NeedsTool;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A process that seals a layer is killed as it is about to change a file, at every change in turn:
 * the layer is there before, and after, and sealed wholly or not at all.
 */
@NeedsTool("strace")
@Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SealingCrashTest {
  private static final int MOST = 300;

  @TempDir Path folder;

  private Process start(Path root, List<String> strace) throws IOException {
    Path out = folder.resolve(root.getFileName() + ".out");
    return ChildJvm.startBy(strace, out, SealingProcess.class, root.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"pwrite64|10", "fsync,fdatasync|4", "/^rename|1", "/^unlink,rmdir|4"})
  @Tag("slow")
  void aLayerIsSealedWhollyOrNotAtAll(String calls, int kills) throws Exception {
    Path unhurt = folder.resolve("unhurt");
    SealingProcess.prepare(unhurt);
    Digest whole = SealingProcess.seal(unhurt, "unhurt").descriptor().digest();
    int killed = 0;
    int sealed = 0;
    try (ExecutorService two = Executors.newFixedThreadPool(2)) {
      for (int call = 1; killed == call - 1; call += 2) {
        assertThat(call).isLessThan(MOST);
        for (Future<End> end :
            two.invokeAll(List.of(killing(calls, call, whole), killing(calls, call + 1, whole)))) {
          killed += end.get().killed() ? 1 : 0;
          sealed += end.get().killed() && end.get().sealed() ? 1 : 0;
          assertThat(end.get().sealed() || end.get().killed()).as("sealed unless killed").isTrue();
        }
      }
    }
    System.out.println(calls + ": killed at " + killed + " calls, sealed after " + sealed);
    assertThat(killed).isGreaterThanOrEqualTo(kills);
  }

  /** How a process ended that was to be killed. */
  private record End(boolean killed, boolean sealed) {}

  private Callable<End> killing(String calls, int call, Digest whole) {
    return () -> {
      Path root = folder.resolve("store" + call);
      SealingProcess.prepare(root);
      Process child =
          start(
              root,
              List.of(
                  "strace",
                  "-fqq",
                  "-o",
                  "/dev/null",
                  "-e",
                  "trace=" + calls,
                  "-e",
                  "inject=" + calls + ":signal=KILL:when=" + call));
      boolean killed = child.waitFor() != 0;
      return new End(killed, check(root, whole));
    };
  }

  /** Yields whether it was sealed. */
  private static boolean check(Path root, Digest whole) throws IOException {
    StorePaths paths = StorePaths.create(root);
    boolean sealed;
    try (Database database = Database.open(paths.database())) {
      Blobs blobs = new Blobs(paths, "check");
      List<SealedRow> rows = database.tx(tx -> LayerTable.sealed(tx, SealingProcess.LAYER));
      sealed = !rows.isEmpty();
      for (SealedRow row : rows) {
        assertThat(row.hex()).isEqualTo(whole.hex());
        assertThat(Files.size(blobs.path(row.hex()))).isEqualTo(row.size());
      }
      for (String hex : blobs.all()) {
        blobs.verify(hex);
      }
      byte[] got = new byte[SealingProcess.SIZE];
      OpenLayers layers = new OpenLayers(database, paths, SealingProcess.NOWHERE);
      try (OpenLayers.Held held = layers.acquire(SealingProcess.LAYER)) {
        LayerStack.of(List.of(held.layer())).read(0, MemorySegment.ofArray(got));
      }
      assertThat(got).isEqualTo(SealingProcess.content());
    }
    assertThat(SealingProcess.seal(root, "again").descriptor().digest()).isEqualTo(whole);
    return sealed;
  }

  /**
   * What a power cut may undo is what no fsync stands behind: each step waits for the one before.
   */
  @Test
  void theDiskHasEachStepBeforeTheNext() throws Exception {
    Path root = folder.resolve("store");
    Path trace = folder.resolve("trace");
    SealingProcess.prepare(root);
    Process child =
        start(
            root,
            List.of(
                "strace",
                "-fqqy",
                "-s",
                "0",
                "-o",
                trace.toString(),
                "-e",
                "trace=pwrite64,fsync,fdatasync,/^rename,/^unlink"));
    assertThat(child.waitFor()).isZero();
    List<String> calls = Files.readAllLines(trace);
    int written = last(calls, calls.size(), "pwrite64\\(\\d+<.*/tmp/sealing/.*");
    int forced = first(calls, written, "f(data)?sync\\(\\d+<.*/tmp/sealing/.*");
    int renamed = first(calls, forced, "rename.*/tmp/sealing/.*/blobs/sha256/.*");
    int named = first(calls, renamed, "fsync\\(\\d+<.*/blobs/sha256>.*");
    int recorded = first(calls, named, "pwrite64\\(\\d+<.*/metadata.db-wal>.*");
    int durable = first(calls, recorded, "f(data)?sync\\(\\d+<.*/metadata.db-wal>.*");
    int dropped = first(calls, durable, "unlink.*/raw/layer[/>].*");
    assertThat(dropped).isPositive();
    assertThat(last(calls, renamed, "unlink.*/raw/layer[/>].*")).isNegative();
    assertThat(last(calls, durable, "unlink.*/raw/layer[/>].*")).isNegative();
    assertThat(last(calls, named, "pwrite64\\(\\d+<.*/metadata.db-wal>.*")).isLessThan(written);
  }

  private static int first(List<String> calls, int after, String pattern) {
    for (int i = after + 1; i < calls.size(); i++) {
      if (calls.get(i).matches("\\d+ +" + pattern)) {
        return i;
      }
    }
    throw new AssertionError("no " + pattern + " after call " + after + " of " + calls);
  }

  private static int last(List<String> calls, int before, String pattern) {
    for (int i = before - 1; i >= 0; i--) {
      if (calls.get(i).matches("\\d+ +" + pattern)) {
        return i;
      }
    }
    return -1;
  }
}
