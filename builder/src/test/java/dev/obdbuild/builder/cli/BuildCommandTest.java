package dev.obdbuild.builder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.obdbuild.builder.config.AnnotationSpec;
import dev.obdbuild.builder.config.AttestSpec;
import dev.obdbuild.builder.config.BuildOptions;
import dev.obdbuild.builder.config.CacheSpec;
import dev.obdbuild.builder.config.CallSpec;
import dev.obdbuild.builder.config.OutputSpec;
import dev.obdbuild.builder.progress.ProgressMode;
import dev.obdbuild.builder.wire.Address;
import dev.obdbuild.oci.image.LayerFormat;
import dev.obdbuild.snapshots.fs.NewFilesystem;
import dev.obdbuild.snapshots.fs.NewFilesystem.BaseSize;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
            "--fs",
            "xfs;;-m crc=1",
            "dir");
    assertThat(o.context()).isEqualTo("dir");
    assertThat(o.dockerfile()).hasValue("D");
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
    assertThat(o.host().filesystem())
        .isEqualTo(NewFilesystem.of(1L << 30).with(1L << 30, BaseSize.EXACT).as("xfs;;-m crc=1"));
    assertThat(o.host().filesystem().mkfs()).containsExactly("-m", "crc=1");
    assertThat(o.host().filesystem().mountOptions(o.host().filesystem().kind()))
        .isEqualTo("nouuid");
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
        "--push .",
        "--network bridge .",
        "--fs-size 1 .",
        "--fs-size 100000001 .",
        "--fs ntfs .",
        "--fs erofs .",
        "--fs xfs;;;x .",
        "--allow everything .",
        "--call nothing .",
        "--check --call outline .",
        "-o type=oci,x .",
        "-o dest=x,y=z .",
        "--cache-to mode=max .",
        "--annotation x .",
        "--annotation image:x=y .",
        "--attest mode=max .",
        "--build-context base .",
        "--resource memory .",
        "--resource memory=much .",
        "--resource disk=1g .",
        "--cpu-shares few ."
      })
  void whatCannotBeDoneIsRefusedByName(String line) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse(line.split(" ")))
        .satisfies(
            e -> assertThat(e.getMessage()).containsAnyOf("supported", "--", "must", "needs"));
  }

  @Test
  void limitsOfStepsAreSaidAsBuildxOrDockerSaysThem() {
    BuildOptions o =
        parse(
            "-m",
            "1g",
            "--cpuset-cpus",
            "0",
            "--resource",
            "memory=512m",
            "--resource",
            "memory-swap=-1",
            "--resource",
            "cpu-quota=50000",
            "--resource",
            "cpu-shares=0",
            ".");

    assertThat(o.frontend().limits())
        .isEqualTo(
            Map.of(
                "memory", "536870912",
                "memswap", "-1",
                "cpuquota", "50000",
                "cpusetcpus", "0"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--builder x", "--policy x", "--no-such-flag"})
  void flagsThatAreNotThereAreUsageErrors(String line) {
    StringWriter err = new StringWriter();
    CommandLine command = ObdBuild.commandLine().setErr(new PrintWriter(err));
    command.getSubcommands().values().forEach(c -> c.setErr(new PrintWriter(err)));
    int code = command.execute(("build " + line + " .").split(" "));
    assertThat(code).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("--help").contains(line.split(" ")[0]);
  }

  @Test
  void whatBecomesOfTheResultIsSaidAsBuildxSaysIt() {
    BuildOptions o =
        parse(
            "-o",
            "out",
            "-o",
            "-",
            "--output=type=oci,dest=a.tar,\"annotation.x=1,2\"",
            "--annotation",
            "index,manifest[linux/amd64]:k=v=w",
            "--platform",
            "linux/amd64,linux/arm64",
            "--provenance",
            "mode=max",
            "--sbom=false",
            "--cache-from",
            "r/a,r/b",
            "--cache-to",
            "type=local,dest=c,mode=max",
            ".");
    assertThat(o.output().specs())
        .containsExactly(
            new OutputSpec("local", "out", new TreeMap<>()),
            new OutputSpec("tar", "-", new TreeMap<>()),
            new OutputSpec("oci", "a.tar", new TreeMap<>(Map.of("annotation.x", "1,2"))));
    assertThat(o.output().keep()).isFalse();
    assertThat(o.output().annotations())
        .containsExactly(
            new AnnotationSpec("annotation-index.k", "v=w"),
            new AnnotationSpec("annotation-manifest[linux/amd64].k", "v=w"));
    assertThat(o.frontend().platforms()).containsExactly("linux/amd64", "linux/arm64");
    assertThat(AttestSpec.wanted(o.frontend().attests()))
        .isEqualTo(Map.of("provenance", "mode=max"));
    assertThat(o.caches().from())
        .extracting(CacheSpec::type)
        .containsExactly("registry", "registry");
    assertThat(o.caches().to())
        .containsExactly(new CacheSpec("local", new TreeMap<>(Map.of("dest", "c", "mode", "max"))));
  }

  @Test
  void aQuestionIsAskedInsteadOfABuild() {
    assertThat(parse("--check", ".").call()).hasValue(new CallSpec("lint", false, false));
    assertThat(parse("--call", "outline,format=json", ".").call())
        .hasValue(new CallSpec("outline", true, false));
    assertThat(parse("--call=build", ".").call()).isEmpty();
  }

  @Test
  void standardInputIsAContextOrADockerfile() {
    assertThat(parse("-").context()).isEqualTo("-");
    assertThat(parse("-f", "-", ".").dockerfile()).hasValue("-");
  }

  @ParameterizedTest(name = "{0}, {1} -> {2}")
  @CsvSource({
    "'--addr tcp://h:1 .', '', tcp://h:1",
    "'--addr local .', 'unix:///s', ''",
    "'--no-daemon .', 'unix:///s', ''",
    "'--root /s .', 'unix:///s', ''",
    "'--runtime RUNC .', 'unix:///s', ''",
    "'.', 'unix:///s', unix:///s",
    "'.', 'local', ''",
  })
  void aDaemonIsUsedUnlessThisProcessIsTold(String line, String variable, String address) {
    DaemonFlags flags = new DaemonFlags();
    new CommandLine(new Flags(flags)).parseArgs(line.split(" "));
    assertThat(flags.address(Map.of("OBD_ADDR", variable)).map(Address::toString).orElse(""))
        .isEqualTo(address);
  }

  @CommandLine.Command
  private static final class Flags {
    @CommandLine.Mixin private final DaemonFlags daemon;
    @CommandLine.Mixin private final HostFlags host = new HostFlags();
    @CommandLine.Parameters private String path = "";

    Flags(DaemonFlags daemon) {
      this.daemon = daemon;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--addr tcp://h:1 --root /s .", "--addr tcp://h:1 --no-daemon .", "--addr h:1 ."})
  void flagsAboutDaemonsExcludeEachOther(String line) {
    DaemonFlags flags = new DaemonFlags();
    new CommandLine(new Flags(flags)).parseArgs(line.split(" "));
    assertThatIllegalArgumentException().isThrownBy(() -> flags.address(Map.of()));
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
