package dev.obdbuild.builder.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.testkit.Busybox;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Builds that are killed at random moments. The next start leaves nothing of them behind, and the
 * next build works. {@code -Dobd.crash.seed} and {@code -Dobd.crash.rounds} repeat a run.
 */
@Tag("slow")
@NeedsRoot
@NeedsDevice
@NeedsTool({"crun", "busybox"})
class CrashTest {

  private static final int ROUNDS = Integer.getInteger("obd.crash.rounds", 200);
  private static final long SEED = Long.getLong("obd.crash.seed", 20261123L);

  @TempDir Path temp;

  private enum End {
    KILL,
    INTERRUPT,
    TERMINATE
  }

  @Test
  void after_any_end_the_next_start_leaves_nothing_and_the_next_build_works() throws Exception {
    Path root = temp.resolve("state");
    Path context = context();
    Leftovers leftovers = new Leftovers(root);
    Random random = new Random(SEED);

    long start = System.nanoTime();
    assertThat(end(start(root, context, "warm"), 120)).as("first build").isZero();
    long whole = Math.max(200, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));

    List<String> wrong = new ArrayList<>();
    for (int round = 0; round < ROUNDS && wrong.isEmpty(); round++) {
      End how = End.values()[random.nextInt(4) % End.values().length];
      long after = random.nextLong(whole + whole / 10);
      Process build = start(root, context, "round");
      build.waitFor(after, TimeUnit.MILLISECONDS);
      stop(build, how);
      String moment = "seed " + SEED + " round " + round + ": " + how + " after " + after + " ms: ";
      // A killed process may wait for its own device; the sweep of the next start frees it.
      build.waitFor(how == End.KILL ? 1 : 60, TimeUnit.SECONDS);
      if (how == End.KILL) {
        assertThat(end(obd(root, "du"), 60)).as(moment + "du").isZero();
      }
      if (end(build, 20) < 0) {
        wrong.add(moment + "did not end");
      }
      leftovers.find().forEach(l -> wrong.add(moment + l));
    }

    assertThat(wrong).isEmpty();
    assertThat(end(start(root, context, "last"), 120)).as("last build").isZero();
    assertThat(leftovers.find()).isEmpty();
    Process run = obd(root, "run", "last", "/bin/cat", "/three");
    assertThat(new String(run.getInputStream().readAllBytes())).isEqualTo("one\ntwo\nthree\n");
    assertThat(end(obd(root, "verify", "last"), 60)).as("verify").isZero();
  }

  private Path context() throws IOException {
    return Busybox.context(
        temp,
        """
        FROM scratch AS base
        COPY busybox /bin/busybox
        RUN ["/bin/busybox", "--install", "-s", "/bin"]
        RUN echo one > /one; dd if=/dev/urandom of=/big bs=1M count=8 2>/dev/null
        FROM base AS side
        RUN sleep 0.1; echo two > /two
        FROM base
        COPY --from=side /two /two
        RUN rm /big; cat /one /two > /three; echo three >> /three
        """);
  }

  private Process start(Path root, Path context, String name) throws IOException {
    return obd(root, "build", "--no-cache", "--progress", "plain", "-t", name, context.toString());
  }

  private Process obd(Path root, String... arguments) throws IOException {
    Path launcher = Path.of(System.getProperty("user.dir")).resolve("../obd-build").normalize();
    List<String> command =
        new ArrayList<>(
            List.of(
                // Whoever started the tests in the background ignores SIGINT, and so would a JVM.
                "env",
                "--default-signal=INT",
                "setsid",
                launcher.toString(),
                "--root",
                root.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("OBD_REBUILD", "never");
    builder.redirectInput(new java.io.File("/dev/null"));
    builder.redirectError(temp.resolve("log").toFile());
    if (!arguments[0].equals("run")) {
      builder.redirectOutput(temp.resolve("log").toFile());
    }
    return builder.start();
  }

  private static void stop(Process build, End how) throws IOException, InterruptedException {
    switch (how) {
      case KILL -> build.destroyForcibly();
      case TERMINATE -> build.destroy();
      case INTERRUPT ->
          new ProcessBuilder("kill", "-INT", Long.toString(build.pid())).start().waitFor();
    }
  }

  /** The exit code, or -1 when it does not end within some seconds. */
  private static int end(Process process, int seconds) throws InterruptedException {
    return process.waitFor(seconds, TimeUnit.SECONDS) ? process.exitValue() : -1;
  }
}
