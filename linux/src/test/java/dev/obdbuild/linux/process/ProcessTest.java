package dev.obdbuild.linux.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.linux.sys.Descriptor;
import dev.obdbuild.linux.sys.LinuxException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class ProcessTest {
  @TempDir Path folder = Path.of("");

  @Test
  void aProcessIsRecognisedWhileItRunsAndNotAfter() throws Exception {
    Process sleep = new ProcessBuilder("sleep", "100").start();
    ProcessIdentity identity = ProcessIdentity.of(sleep.pid()).orElseThrow();
    assertThat(identity.alive()).isTrue();
    assertThat(new ProcessIdentity(identity.pid(), identity.startTicks() + 1).alive()).isFalse();
    assertThat(Signal.KILL.send(sleep.pid())).isTrue();
    sleep.waitFor();
    assertThat(identity.alive()).isFalse();
    assertThat(ProcessIdentity.self().alive()).isTrue();
  }

  @Test
  @Timeout(60)
  void aZombieIsThereButHoldsNothing() throws Exception {
    // A shell that becomes sleep has forgotten its child, which nobody buries until sleep ends.
    Process parent =
        new ProcessBuilder("sh", "-c", "sleep 100 & echo $!; exec sleep 100 >/dev/null").start();
    try (BufferedReader output = parent.inputReader(StandardCharsets.UTF_8)) {
      long child = Long.parseLong(output.readLine());
      ProcessIdentity identity = ProcessIdentity.of(child).orElseThrow();
      assertThat(identity.holds()).isTrue();
      assertThat(new ProcessIdentity(child, identity.startTicks() + 1).holds()).isFalse();
      assertThat(Signal.KILL.send(child)).isTrue();
      while (identity.holds()) {
        Thread.sleep(1);
      }
      assertThat(identity.alive()).isTrue();
    } finally {
      parent.destroyForcibly().waitFor();
    }
  }

  @Test
  void aGroupOfItsOwnIsSignalledWithAllItsMembers() throws Exception {
    Process shell =
        new ProcessBuilder(OwnGroup.of(List.of("sh", "-c", "sleep 100 & echo $!; wait"))).start();
    try (BufferedReader output = shell.inputReader(StandardCharsets.UTF_8)) {
      long child = Long.parseLong(output.readLine());
      ProcessHandle handle = ProcessHandle.of(child).orElseThrow();
      assertThat(Signal.KILL.sendToGroup(shell.pid())).isTrue();
      shell.waitFor();
      handle.onExit().get();
    }
    assertThat(shell.exitValue()).isEqualTo(128 + 9);
  }

  @Test
  void signalsToNobodyAreToldAndDangerousPidsRefused() throws Exception {
    assertThat(Signal.TERM.send(Integer.MAX_VALUE)).isFalse();
    for (long pid : new long[] {0, 1, -1, 1L << 40}) {
      assertThatThrownBy(() -> Signal.TERM.send(pid)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void askingToServeBlockIoHasAnAnswer() {
    assertThat(ProcessSettings.serveBlockIo()).isIn(true, false);
  }

  @Test
  void aKeeperHoldsWhatItsStarterClosesAndNothingElse() throws Exception {
    Path removed = Files.writeString(folder.resolve("removed"), "kept");
    Path other = Files.writeString(folder.resolve("other"), "not kept");
    Keeper started;
    try (Descriptor file = Descriptor.readWrite(removed);
        Descriptor loose = Descriptor.read(other)) {
      assertThat(loose.number()).isPositive();
      started = Keeper.start(removed.toString(), "a note", List.of(file));
    }
    Files.delete(removed);
    try {
      assertThat(Keeper.all()).contains(started);
      try (Descriptor taken = started.take(0)) {
        Path open = Path.of("/proc/self/fd/" + taken.number());
        assertThat(Files.readString(open)).isEqualTo("kept");
      }
      try (var open = Files.list(Path.of("/proc/" + started.process().pid() + "/fd"))) {
        assertThat(open.map(path -> path.getFileName().toString()))
            .containsExactlyInAnyOrder("0", "1", "2", "3");
      }
      assertThatThrownBy(() -> started.take(1)).isInstanceOf(IOException.class);
    } finally {
      started.end();
    }
    started.end();
    assertThat(Keeper.all()).doesNotContain(started);
    assertThatThrownBy(() -> started.take(0)).isInstanceOf(LinuxException.class);
  }
}
