package dev.obdbuild.builder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.obdbuild.builder.config.BuildOptions;
import dev.obdbuild.builder.progress.ProgressMode;
import dev.obdbuild.oci.image.LayerFormat;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

final class BuildCommandTest {

  @Test
  void flagsAreSpelledAsDockerSpellsThem() {
    BuildOptions o =
        parse(
            "-t",
            "a:1",
            "-t",
            "b",
            "-f",
            "D",
            "--build-arg",
            "X=1",
            "--build-arg=Y=2",
            "--target",
            "t",
            "--no-cache",
            "--pull",
            "--push",
            "--label",
            "l=v",
            "--secret",
            "id=s,src=f",
            "--network",
            "host",
            "--add-host",
            "h:1.2.3.4",
            "--shm-size",
            "1g",
            "--ulimit",
            "nofile=1:2",
            "--platform",
            "linux/amd64",
            "--progress",
            "plain",
            "--root",
            "/s",
            "--runtime",
            "runc",
            "--device",
            "fuse",
            "--layer-compression",
            "zstd:16K",
            "--fs-size",
            "1g",
            "dir");
    assertThat(o.context()).isEqualTo(Path.of("dir"));
    assertThat(o.dockerfile()).hasValue(Path.of("D"));
    assertThat(o.output().tags()).containsExactly("a:1", "b");
    assertThat(o.output().push()).isTrue();
    assertThat(o.output().keep()).isFalse();
    assertThat(o.frontend().buildArgs()).isEqualTo(Map.of("X", "1", "Y", "2"));
    assertThat(o.frontend().labels()).isEqualTo(Map.of("l", "v"));
    assertThat(o.frontend().target()).hasValue("t");
    assertThat(o.frontend().noCache()).isTrue();
    assertThat(o.frontend().shmSize()).isEqualTo(1L << 30);
    assertThat(o.entitlements()).containsExactly("network.host");
    assertThat(o.progress()).isEqualTo(ProgressMode.PLAIN);
    assertThat(o.host().root()).isEqualTo(Path.of("/s"));
    assertThat(o.host().runtime()).isEqualTo("runc");
    assertThat(o.host().fsSize()).isEqualTo(1L << 30);
    assertThat(o.host().layers()).hasValue(LayerFormat.parse("zstd:16K"));
  }

  @Test
  void withoutPushAnImageIsKept() {
    assertThat(parse("-t", "a", ".").output().keep()).isTrue();
    assertThat(parse("-t", "a", "--push", "--load", ".").output().keep()).isTrue();
    assertThat(parse("-q", ".").progress()).isEqualTo(ProgressMode.QUIET);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-", "https://example.com/x.git", "--push .", "--network bridge .",
        "--platform linux/amd64,linux/arm64 .", "-f - .", "--fs-size 1 .", "--device tcmu .",
        "--allow everything ."
      })
  void whatCannotBeDoneIsRefusedByName(String line) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse(line.split(" ")))
        .satisfies(
            e -> assertThat(e.getMessage()).containsAnyOf("supported", "--", "must", "needs"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--cache-to type=inline",
        "--cache-from x",
        "--ssh default",
        "-o type=local,dest=x",
        "--output x",
        "--build-context a=b",
        "--sbom=true",
        "--provenance",
        "--attest x",
        "--check",
        "--no-such-flag"
      })
  void flagsOfLaterAreUsageErrors(String line) {
    StringWriter err = new StringWriter();
    CommandLine command = ObdBuild.commandLine().setErr(new PrintWriter(err));
    command.getSubcommands().values().forEach(c -> c.setErr(new PrintWriter(err)));
    int code = command.execute(("build " + line + " .").split(" "));
    assertThat(code).isEqualTo(ExitCode.USAGE);
    String flag = line.split("[ =]")[0];
    assertThat(err.toString()).contains("--help").contains(flag.equals("-o") ? "--output" : flag);
  }

  @Test
  void everyCommandHasHelpWithExamples() {
    ObdBuild.commandLine()
        .getSubcommands()
        .forEach(
            (name, command) -> {
              assertThat(command.getUsageMessage()).as(name).contains("--help");
              if (!name.equals("version")) {
                assertThat(command.getUsageMessage()).as(name).contains("Examples:");
              }
            });
  }

  private static BuildOptions parse(String... args) {
    BuildCommand command = new BuildCommand();
    new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(args);
    return command.options();
  }
}
