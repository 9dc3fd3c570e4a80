package dev.obdbuild.builder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.builder.config.DaemonSettings;
import dev.obdbuild.builder.config.DaemonSettings.GcLimits;
import dev.obdbuild.builder.config.LogLevel;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Command lines that BuildKit's daemon is started with. */
final class BuildkitdFlagsTest {

  @CommandLine.Command
  private static final class Daemon implements Runnable {
    @CommandLine.Mixin private BuildkitdFlags flags = new BuildkitdFlags();

    @Override
    public void run() {}
  }

  private static DaemonSettings parse(String... line) {
    Daemon daemon = new Daemon();
    new CommandLine(daemon).parseArgs(line);
    return daemon.flags.over(DaemonSettings.none());
  }

  @Test
  void whatTheOciWorkerIsToldIsMeant() {
    DaemonSettings said =
        parse(
            "--oci-worker=true",
            "--containerd-worker=false",
            "--oci-worker-gc=false",
            "--oci-worker-labels=a=b,c=d",
            "--oci-worker-labels=e=f",
            "--oci-worker-net=host",
            "--oci-max-parallelism=3",
            "--log-format=json");

    assertThat(said.worker().gc()).isFalse();
    assertThat(said.worker().labels())
        .containsEntry("a", "b")
        .containsEntry("c", "d")
        .containsEntry("e", "f");
    assertThat(said.worker().network().mode()).isEqualTo("host");
    assertThat(said.worker().maxParallelism()).hasValue(3);
    assertThat(said.log().format()).contains("json");
  }

  @Test
  void whatIsKeptIsToldInMegabytes() {
    assertThat(parse("--oci-worker-gc-keepstorage=1000").worker().limits())
        .isEqualTo(new GcLimits(Optional.of("1000000000"), Optional.empty(), Optional.empty()));
    assertThat(parse("--oci-worker-gc-keepstorage=1000,2000,3000").worker().limits())
        .isEqualTo(
            new GcLimits(
                Optional.of("1000000000"), Optional.of("3000000000"), Optional.of("2000000000")));
    assertThatThrownBy(() -> parse("--oci-worker-gc-keepstorage=10%"))
        .hasMessageContaining("--oci-worker-gc-keepstorage 10%: must be RESERVED[,FREE[,MAXIMUM]]");
  }

  @Test
  void theLevelOfTheLogIsSpelledAsThere() {
    assertThat(parse("--log-level=warn").log().level()).contains(LogLevel.WARNING);
    assertThat(parse("--log-level", "trace").log().level()).contains(LogLevel.DEBUG);
    assertThatThrownBy(() -> parse("--log-level=loud"))
        .hasMessageContaining("--log-level: must be panic, fatal, error, warn");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--oci-worker",
        "--oci-worker-snapshotter=overlayfs",
        "--oci-worker-rootless=false",
        "--containerd-worker-addr=/run/containerd.sock",
        "--rootless=false",
        "--debugaddr=127.0.0.1:6060",
        "--containerd-worker-gc-keepstorage=1000",
        "--containerd-max-parallelism=3",
        "--containerd-worker-rootless",
        "--oci-worker-no-process-sandbox"
      })
  void whatMakesNoDifferenceIsTaken(String flag) {
    assertThat(parse(flag)).isEqualTo(DaemonSettings.none());
  }

  @Test
  void aWorkerThatThereIsNotIsRefused() {
    assertThatThrownBy(() -> parse("--oci-worker=false"))
        .hasMessageContaining("--oci-worker=false");
    assertThatThrownBy(() -> parse("--containerd-worker=true"))
        .hasMessageContaining("no containerd worker");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--rootless", "--rootless=true", "--oci-worker-rootless"})
  void rootlessIsRefused(String flag) {
    assertThatThrownBy(() -> parse(flag)).hasMessageContaining("no rootless mode");
  }

  @Test
  void aNetworkThatThereIsNotIsRefused() {
    assertThatThrownBy(() -> parse("--oci-worker-net=moon"))
        .hasMessageContaining("must be auto, host, bridge or cni");
  }
}
