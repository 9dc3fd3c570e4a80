package dev.obdbuild.builder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.obdbuild.backstore.audit.AuditSpec;
import dev.obdbuild.backstore.cache.CacheOptions;
import dev.obdbuild.oci.registry.HostConfig;
import dev.obdbuild.snapshots.fs.NewFilesystem;
import dev.obdbuild.snapshots.fs.NewFilesystem.BaseSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConfigFileTest {

  @TempDir private Path dir;

  @Test
  void slowReadsAreWrittenDownWhereAPathIsNamed() throws IOException {
    assertThat(read("").audit()).isEmpty();
    assertThat(read("audit = { path = \"/var/log/a\" }").audit())
        .contains(new AuditSpec(Path.of("/var/log/a"), Duration.ofMillis(10)));
    assertThat(read("audit = { path = \"/var/log/a\", slower-than = \"1s\" }").audit())
        .contains(new AuditSpec(Path.of("/var/log/a"), Duration.ofSeconds(1)));
  }

  @Test
  void registriesAreSpelledAsInBuildkitdToml() throws IOException {
    ConfigFile config =
        read(
            """
            block-cache = "2g"
            [metrics]
              address = "127.0.0.1:9863"
            [registry."docker.io"]
              mirrors = ["127.0.0.1:5000/base"]
            [registry."r.example:5000"]
              http = true
              insecure = true
              ca = ["/ca.pem"]
              [[registry."r.example:5000".keypair]]
                cert = "/c.pem"
                key = "/k.pem"
            """);
    assertThat(config.blocks()).isEqualTo(CacheOptions.of(2L << 30));
    assertThat(config.metrics().orElseThrow().getPort()).isEqualTo(9863);
    assertThat(config.registries().hosts().get("docker.io"))
        .isEqualTo(HostConfig.DEFAULT.withMirrors(List.of("127.0.0.1:5000/base")));
    assertThat(config.registries().hosts().get("r.example:5000"))
        .isEqualTo(
            new HostConfig(
                List.of(),
                Optional.of(true),
                true,
                List.of(Path.of("/ca.pem")),
                Optional.of(new HostConfig.ClientKey(Path.of("/c.pem"), Path.of("/k.pem"))),
                0));
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void downloadsAndRequestsASecondAreBounded() throws IOException {
    ConfigFile config =
        read(
            """
            [cache]
              blocks = "1g"
              download = true
              download-rate = "5m"
              download-delay = "90s"
            [registry."r.example"]
              max-qps = 50
            """);
    assertThat(config.blocks())
        .isEqualTo(
            CacheOptions.of(1L << 30)
                .withDownload(new CacheOptions.Download(5L << 20, Duration.ofSeconds(90))));
    assertThat(config.registries().hosts().get("r.example"))
        .isEqualTo(HostConfig.DEFAULT.withMaxQps(50));
    assertThat(config.warnings()).isEmpty();
    assertThatIOException()
        .isThrownBy(() -> read("[cache]\ndownload-rate = 0"))
        .withMessageContaining("download-rate");
    assertThatIOException()
        .isThrownBy(() -> read("[registry.\"r\"]\nmax-qps = -1"))
        .withMessageContaining("max-qps");
  }

  @Test
  void theTablesOfADaemonAreBuildkits() throws IOException {
    ConfigFile config =
        read(
            """
            debug = true
            root = "/state"
            insecure-entitlements = ["network.host", "security.insecure"]
            [log]
              format = "json"
            [dns]
              nameservers = ["10.0.0.2"]
              options = ["edns0"]
              searchDomains = ["example.com"]
            [grpc]
              address = ["tcp://127.0.0.1:1234", "unix:///run/x.sock"]
              uid = 1
              gid = 2
              [grpc.tls]
                cert = "/c"
                key = "/k"
                ca = "/a"
            [history]
              maxAge = "48h"
              maxEntries = 7
            [cdi]
              specDirs = ["/etc/cdi"]
            [worker.oci]
              enabled = true
              max-parallelism = 4
              networkMode = "bridge"
              bridgeSubnet = "10.9.0.0/24"
              cniConfigPath = "/cni.json"
              [worker.oci.labels]
                "team" = "a"
              [[worker.oci.gcpolicy]]
                all = true
                keepDuration = "1h30m"
                reservedSpace = "10GB"
                maxUsedSpace = "80%"
                minFreeSpace = 1000
                filters = ["type==source.local"]
            [output]
              compression = "zstd"
            [device]
              fs = "xfs"
              fs-size = "1g"
              fs-grow = true
            """);
    assertThat(config.warnings()).isEmpty();
    assertThat(config.filesystem())
        .isEqualTo(NewFilesystem.of(1L << 30).as("xfs").with(1L << 30, BaseSize.AT_LEAST));
    DaemonSettings said = config.daemon();
    assertThat(said.root()).contains(Path.of("/state"));
    assertThat(said.log().debug()).isTrue();
    assertThat(said.entitlements()).containsOnly("network.host", "security.insecure");
    assertThat(said.dns())
        .isEqualTo(
            new DaemonSettings.Dns(List.of("10.0.0.2"), List.of("edns0"), List.of("example.com")));
    assertThat(said.grpc().addresses())
        .containsExactly("tcp://127.0.0.1:1234", "unix:///run/x.sock");
    assertThat(said.grpc().uid()).isEqualTo(OptionalInt.of(1));
    assertThat(said.grpc().tlsCa()).contains(Path.of("/a"));
    assertThat(said.history())
        .isEqualTo(
            new DaemonSettings.History(Optional.of(Duration.ofHours(48)), OptionalInt.of(7)));
    assertThat(said.worker().labels()).containsEntry("team", "a");
    assertThat(said.worker().maxParallelism()).isEqualTo(OptionalInt.of(4));
    assertThat(said.worker().network().mode()).isEqualTo("bridge");
    assertThat(said.worker().network().bridgeSubnet()).contains("10.9.0.0/24");
    assertThat(said.worker().policies())
        .containsExactly(
            new DaemonSettings.GcRule(
                true,
                List.of("type==source.local"),
                Duration.ofMinutes(90),
                Optional.of("10GB"),
                Optional.of("80%"),
                Optional.of("1000")));
    assertThat(said.compression()).contains("zstd");
  }

  @Test
  void sizesBesideTheWorkerLimitTheDefaultRules() throws IOException {
    DaemonSettings said =
        read("[worker.oci]\nreservedSpace = \"10%\"\nmaxUsedSpace = 1000\ngckeepstorage = 7\n")
            .daemon();
    assertThat(said.worker().policies()).isEmpty();
    assertThat(said.worker().limits())
        .isEqualTo(
            new DaemonSettings.GcLimits(Optional.of("10%"), Optional.of("1000"), Optional.empty()));
    assertThat(read("[worker.oci]\ngckeepstorage = 7\n").daemon().worker().limits())
        .isEqualTo(
            new DaemonSettings.GcLimits(Optional.of("7"), Optional.empty(), Optional.empty()));
  }

  @Test
  void theLogHasALevel() throws IOException {
    assertThat(read("[log]\nlevel = \"error\"\n").daemon().log().level()).contains(LogLevel.ERROR);
    assertThat(read("[log]\nlevel = \"\"\n").daemon().log().level()).isEmpty();
  }

  @Test
  void unknownKeysWarnWithFileAndLine() throws IOException {
    ConfigFile config = read("[registry.\"a.b\"]\nmirors = []\n[worker.oci]\n\nturbo = 1\n");
    assertThat(config.warnings())
        .containsExactlyInAnyOrder(
            dir.resolve("config.toml") + ":2: unknown key registry.\"a.b\".mirors",
            dir.resolve("config.toml") + ":5: unknown key worker.oci.turbo");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a = |1",
        "block-cache = \"much\"|1: block-cache: ",
        "metrics = { address = \"nowhere\" }|1: metrics.address: must be host:port",
        "debug = 1|1: debug: must be true or false, not the number 1",
        "`[worker.oci]\nmax-parallelism = \"4\"`|2: worker.oci.max-parallelism: must be a number",
        "`[worker.oci]\nnetworkMode = \"moon\"`|2: worker.oci.networkMode: must be auto, host",
        "`[worker.containerd]\nenabled = true`|2: worker.containerd.enabled: there is no",
        "`[registry.a]\nmirrors = \"x\"`|2: registry.a.mirrors: must be a list of texts",
        "`[registry.a]\nmirrors = [1]`|2: registry.a.mirrors: must be a list of texts",
        "`[history]\nmaxAge = \"soon\"`|2: history.maxAge: \"soon\" is no time",
        "`[output]\ncompression = \"estargz\"`|2: output.compression: must be overlaybd",
        "`[device]\nkind = \"nbd\"`|2: device.kind: must be auto, tcmu or fuse",
        "`[device]\nbackstore = \"tcp://h:1\"`|2: device.backstore: must be unix:///PATH",
        "`[log]\nlevel = \"loud\"`|2: log.level: must be panic, fatal, error, warn",
        "registry = 1|1: registry: must be a table"
      })
  void wrongValuesFailWithFileAndLine(String text, String message) {
    assertThatIOException()
        .isThrownBy(() -> read(text))
        .withMessageStartingWith(dir.resolve("config.toml") + ":" + message);
  }

  private ConfigFile read(String text) throws IOException {
    return ConfigFile.read(Files.writeString(dir.resolve("config.toml"), text));
  }

  @Test
  void aFolderIsNoConfigurationAndIsNamed(@TempDir Path named) {
    assertThatIOException()
        .isThrownBy(() -> ConfigFile.read(named))
        .withMessage("the configuration " + named + " is a folder");
  }
}
