package dev.obdbuild.linux.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ProcessTest {
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
}
