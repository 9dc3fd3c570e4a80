package dev.obdbuild.snapshots;

import static dev.obdbuild.snapshots.TestStore.on;
import static dev.obdbuild.snapshots.TestStore.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.linux.loop.LoopDevice;
import dev.obdbuild.linux.mount.MountTable;
import dev.obdbuild.snapshots.sweep.Resource;
import dev.obdbuild.testkit.ChildJvm;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.SplitRandom;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@NeedsRoot
@NeedsDevice
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class KilledTest {
  private static final int UUID_LENGTH = 36;
  private static final int ROUNDS = 8;

  @TempDir Path root;
  @TempDir Path placed;

  @Test
  void whatAKilledProcessLeftIsUndoneAndWhatItCommittedIsThere() throws Exception {
    Process child = ChildJvm.start(Builder.class, root.toString(), "1", placed.toString());
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
    List<String> committed = new ArrayList<>();
    while (committed.size() < 3) {
      String line = lines.readLine();
      assertThat(line).isNotNull();
      committed.add(line);
    }
    ChildJvm.kill(child);

    checkAfterKill(committed, 0);
  }

  @Test
  @Tag("slow")
  void aProcessMayBeKilledAtAnyMoment() {
    SplitRandom.run(
        random -> {
          List<String> committed = new ArrayList<>();
          for (int round = 0; round < ROUNDS; round++) {
            // Of earlier rounds' steps the last alone is looked into, but in the last round all.
            int known = round == ROUNDS - 1 ? 0 : Math.max(0, committed.size() - 1);
            Path output = placed.resolveSibling(placed.getFileName() + ".out");
            Process child =
                ChildJvm.startInto(
                    output,
                    Builder.class,
                    root.toString(),
                    Integer.toString(random.nextInt(1000)),
                    placed.toString());
            boolean _ = child.waitFor(random.nextInt(4000), TimeUnit.MILLISECONDS);
            ChildJvm.kill(child);
            Files.readAllLines(output).stream()
                .filter(line -> line.length() == UUID_LENGTH)
                .forEach(committed::add);
            Files.delete(output);
            checkAfterKill(committed, known);
          }
          System.out.println(
              ROUNDS + " kills, " + committed.size() + " committed steps, none lost");
        });
  }

  private void checkAfterKill(List<String> committed, int known) throws Exception {
    try (Snapshots snapshots = TestStore.open(root);
        Lease lease = snapshots.lease("after", Duration.ofHours(1))) {
      Path real = root.toRealPath();
      assertThat(MountTable.read().below(real)).isEmpty();
      for (LoopDevice loop : LoopDevice.attached()) {
        assertThat(loop.backingFile().filter(file -> file.startsWith(real))).isEmpty();
      }
      assertThat(list("run")).hasSize(1);
      assertThat(list("owners")).hasSize(1);
      assertThat(list("tmp")).isEmpty();
      assertThat(MountTable.read().at(placed)).isEmpty();
      if (Files.exists(real.resolve("calls"))) {
        assertThat(real.resolve("calls")).content().contains("delete --force container-1");
      }
      assertThat(real.resolve("sleeper"))
          .satisfiesAnyOf(
              file -> assertThat(file).doesNotExist(),
              file ->
                  assertThat(ProcessHandle.of(Long.parseLong(Files.readString(file).strip())))
                      .isEmpty());
      for (String id : committed.subList(0, known)) {
        assertThat(snapshots.get(id)).isPresent();
      }
      for (String id : committed.subList(known, committed.size())) {
        Snapshot snapshot = snapshots.get(id).orElseThrow();
        try (MountedView view = snapshots.view(snapshot)) {
          int steps = snapshot.layers().size();
          assertThat(read(snapshots, view.path().resolve("step" + (steps - 1)))).isEqualTo("x");
          assertThat(on(snapshots, () -> Files.exists(view.path().resolve("step" + steps))))
              .isFalse();
        }
      }
      if (!committed.isEmpty()) {
        Snapshot last = snapshots.get(committed.getLast()).orElseThrow();
        assertThat(snapshots.verify(last).problems()).isEmpty();
        try (ActiveSnapshot active = snapshots.prepare(last, "after", lease)) {
          TestStore.write(snapshots, active.path().resolve("after"), "after");
          assertThat(active.commit("after").layers()).hasSize(last.layers().size() + 1);
        }
        snapshots.prune(new PruneRequest(r -> r.description().equals("after")));
      }
    }
  }

  private List<Path> list(String name) throws IOException {
    try (var files = Files.list(root.resolve(name))) {
      return files.toList();
    }
  }

  /** Builds step after step, seals now and then, until it is killed. */
  static final class Builder {
    public static void main(String[] args) throws Exception {
      Path root = Path.of(args[0]);
      Random random = new Random(Long.parseLong(args[1]));
      Snapshots snapshots = TestStore.open(root);
      Lease lease = snapshots.lease("builder", Duration.ofHours(1));
      Process sleeper = new ProcessBuilder("sleep", "600").start();
      var identity = dev.obdbuild.linux.process.ProcessIdentity.of(sleeper.pid()).orElseThrow();
      var _ = snapshots.journal().record(new Resource.Child(identity));
      Files.writeString(root.resolve("sleeper"), "" + sleeper.pid());
      Path temporary = snapshots.temporaryDirectory();
      Files.writeString(temporary.resolve("t"), "temporary");
      Path runtime = root.resolve("runtime");
      Files.writeString(
          runtime, "#!/bin/sh\necho \"$@\" >> " + root.toRealPath().resolve("calls") + "\n");
      var _ = runtime.toFile().setExecutable(true);
      var _ =
          snapshots
              .journal()
              .record(
                  new Resource.Container(
                      runtime.toString(), temporary, "container-1", Optional.empty()));
      Snapshot at = snapshots.scratch();
      for (int step = 0; ; step++) {
        ActiveSnapshot active = snapshots.prepare(at, "step " + step, lease);
        Path file = active.path().resolve("step" + step);
        Path noise = active.path().resolve("noise" + step);
        byte[] bytes = new byte[random.nextInt(3_000_000)];
        random.nextBytes(bytes);
        on(snapshots, () -> Files.write(noise, bytes));
        TestStore.write(snapshots, file, "x");
        at = active.commit("step " + step);
        System.out.println(at.id());
        if (step == 0) {
          MountedView _ = snapshots.viewAt(at, Path.of(args[2]));
        }
        if (random.nextInt(3) == 0) {
          snapshots.sealEarly(at);
        }
        if (random.nextInt(4) == 0) {
          MountedView _ = snapshots.view(at);
        }
      }
    }
  }
}
