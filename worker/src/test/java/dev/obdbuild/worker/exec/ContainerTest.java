package dev.obdbuild.worker.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.linux.process.Signal;
import dev.obdbuild.testkit.Busybox;
import dev.obdbuild.testkit.ContainerRuntime;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Containers whose processes come one by one, with the real runtimes. */
@NeedsRoot
@NeedsTool({"crun", "runc", "busybox"})
@Timeout(60)
final class ContainerTest {

  @TempDir Path temp;
  private Path rootfs;
  private int containers;
  private final List<String> journal = new ArrayList<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void makeRoot() throws IOException {
    rootfs = Files.createDirectories(temp.resolve("rootfs"));
    Files.createDirectories(rootfs.resolve("bin"));
    Busybox.copyInto(rootfs.resolve("bin"));
    for (String applet : List.of("sh", "cat", "echo", "sleep", "stty", "id", "tty", "ls")) {
      Files.createSymbolicLink(rootfs.resolve("bin/" + applet), Path.of("busybox"));
    }
    Files.createDirectories(rootfs.resolve("etc"));
    Files.writeString(rootfs.resolve("etc/passwd"), "app:x:7:8::/work:/bin/sh\n");
  }

  private Container open(String runtime) throws IOException {
    ExecRunner runner =
        new ExecRunner(
            new OciRuntime(runtime, ContainerRuntime.in(temp, runtime)),
            temp.resolve("state"),
            (r, state, bundle, id) -> {
              journal.add("+");
              return () -> journal.add("-");
            });
    String id = "ctr-" + ProcessHandle.current().pid() + "-" + runtime + containers++;
    return runner.open(id, rootfs, Sandbox.standard(), List.of());
  }

  private RunningProcess start(Container in, InputStream stdin, boolean terminal, String script)
      throws Exception {
    return in.start(
        new ContainerProcess(List.of("/bin/sh", "-c", script), List.of(), "", "", terminal),
        Sandbox.Security.SANDBOXED,
        new ProcessStreams(stdin, out, err));
  }

  private static InputStream text(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"crun", "runc"})
  void the_first_process_reads_prints_and_ends_with_its_code(String runtime) throws Exception {
    try (Container container = open(runtime)) {
      RunningProcess first = start(container, text("typed\n"), false, "cat; echo oops >&2; exit 7");

      assertThat(first.await()).isEqualTo(7);
    }
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("typed\n");
    assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("oops\n");
    assertThat(journal).containsExactly("+", "-");
    assertThat(rootfs.resolve("etc/hosts")).doesNotExist();
    assertThat(temp.resolve("state/bundles")).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"crun", "runc"})
  void further_processes_join_and_end_with_the_first(String runtime) throws Exception {
    try (Container container = open(runtime);
        PipedInputStream stdin = new PipedInputStream();
        PipedOutputStream toFirst = new PipedOutputStream(stdin)) {
      RunningProcess first = start(container, stdin, false, "echo x > /mark; cat; exit 3");
      RunningProcess second =
          container.start(
              new ContainerProcess(
                  List.of("/bin/sh", "-c", "id -u; echo $A; exit 5"),
                  List.of("A=b"),
                  "/etc",
                  "app",
                  false),
              Sandbox.Security.SANDBOXED,
              new ProcessStreams(text(""), out, err));

      assertThat(second.await()).isEqualTo(5);
      assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("7\nb\n");
      assertThat(rootfs.resolve("mark")).exists();
      RunningProcess third = start(container, text(""), false, "sleep 1000");
      toFirst.close();
      assertThat(first.await()).isEqualTo(3);
      assertThat(third.await()).isNotZero();
      assertThatThrownBy(() -> start(container, text(""), false, "echo late"))
          .hasMessageContaining("has ended");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"crun", "runc"})
  void a_terminal_has_the_size_it_is_given(String runtime) throws Exception {
    try (Container container = open(runtime);
        PipedInputStream stdin = new PipedInputStream();
        PipedOutputStream typed = new PipedOutputStream(stdin)) {
      RunningProcess first =
          start(
              container,
              stdin,
              true,
              "tty; until test \"$(stty size)\" = '33 101'; do sleep 0.02; done; read go; exit 4");
      first.resize(33, 101);
      typed.write("go\n".getBytes(StandardCharsets.UTF_8));
      typed.flush();

      assertThat(first.await()).isEqualTo(4);
    }
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("/dev/");
  }

  @ParameterizedTest
  @ValueSource(strings = {"crun", "runc"})
  void a_terminal_can_be_had_by_a_further_process(String runtime) throws Exception {
    try (Container container = open(runtime)) {
      start(container, text(""), false, "sleep 1000");
      RunningProcess second = start(container, text("word\n"), true, "read w; echo got $w");

      assertThat(second.await()).isZero();
    }
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("got word");
  }

  @ParameterizedTest
  @ValueSource(strings = {"crun", "runc"})
  void signals_reach_each_process(String runtime) throws Exception {
    try (Container container = open(runtime)) {
      start(container, text(""), false, "sleep 1000");
      PipedInputStream said = new PipedInputStream();
      RunningProcess second =
          container.start(
              new ContainerProcess(
                  List.of(
                      "/bin/sh",
                      "-c",
                      "trap 'exit 9' TERM; echo up; while true; do sleep 0.05; done"),
                  List.of(),
                  "",
                  "",
                  false),
              Sandbox.Security.SANDBOXED,
              new ProcessStreams(text(""), new PipedOutputStream(said), err));
      assertThat(said.read()).isEqualTo('u');
      second.signal(Signal.named("SIGTERM").orElseThrow());

      assertThat(second.await()).isEqualTo(9);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"crun", "runc"})
  void closing_ends_what_runs(String runtime) throws Exception {
    RunningProcess first;
    try (Container container = open(runtime);
        PipedInputStream never = new PipedInputStream();
        PipedOutputStream silent = new PipedOutputStream(never)) {
      first = start(container, never, false, "sleep 1000");
      container.start(
          new ContainerProcess(List.of("/bin/sleep", "1000"), List.of(), "", "", false),
          Sandbox.Security.SANDBOXED,
          new ProcessStreams(text(""), out, err));
      silent.flush();
    }
    assertThat(first.await()).isEqualTo(137);
    assertThat(temp.resolve("state/bundles")).isEmptyDirectory();
  }
}
