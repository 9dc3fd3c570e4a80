package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.HostNeeds;
import dev.obdbuild.builder.config.ConfigFile;
import dev.obdbuild.builder.config.DaemonSettings;
import dev.obdbuild.builder.config.HostOptions;
import dev.obdbuild.builder.config.LogLevel;
import dev.obdbuild.builder.daemon.Daemon;
import dev.obdbuild.builder.daemon.DaemonLog;
import dev.obdbuild.builder.daemon.DaemonOptions;
import dev.obdbuild.builder.wire.Address;
import dev.obdbuild.builder.wire.Tls;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code obd-buildd}, also under the name and with the flags of BuildKit's daemon. */
@Command(
    name = "obd-buildd",
    description = "Serves BuildKit's API: builds for buildctl, docker buildx and obd-build --addr.",
    versionProvider = DaemonVersion.class,
    subcommands = {DialStdioCommand.class, WorkersCommand.class},
    customSynopsis = {"obd-buildd [options]", "       obd-buildd COMMAND [options]"},
    commandListHeading = "%nCommands, to a daemon that runs:%n",
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    sortOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  obd-buildd",
      "  obd-buildd --addr unix:///run/obd-build/obd-buildd.sock --config /etc/obd-build/config.toml",
      "  obd-buildd --addr tcp://0.0.0.0:1234 --tlscacert ca.pem --tlscert cert.pem --tlskey key.pem",
      "  docker buildx create --driver remote unix:///run/obd-build/obd-buildd.sock",
      "  buildctl --addr unix:///run/obd-build/obd-buildd.sock build --frontend dockerfile.v0 ...",
      "",
      "Flags of buildkitd are accepted; those that make no difference here are ignored. Under the name",
      "buildkitd it keeps to /run/buildkit/buildkitd.sock, /var/lib/buildkit, /etc/buildkit/buildkitd.toml."
    })
final class DaemonCommand implements Callable<Integer> {

  private final DaemonName name = DaemonName.current();

  @Mixin private HelpFlag help = new HelpFlag();
  @Mixin private BuildkitdFlags buildkitd = new BuildkitdFlags();

  @Option(
      names = {"-v", "-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  private boolean version;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Configuration (default /etc/obd-build/config.toml, if it is there).")
  private Optional<Path> config = Optional.empty();

  @Option(
      names = "--root",
      paramLabel = "DIR",
      description = "The state folder (default /var/lib/obd-build).")
  private Optional<Path> root = Optional.empty();

  @Option(
      names = "--addr",
      paramLabel = "ADDRESS",
      description =
          "Where to listen: unix:///PATH or tcp://HOST:PORT (default "
              + DaemonName.DEFAULT_ADDRESS
              + "). Repeatable.")
  private List<String> addresses = new ArrayList<>();

  @Option(names = "--tlscert", paramLabel = "FILE", description = "Certificate for TCP, PEM.")
  private Optional<Path> tlsCert = Optional.empty();

  @Option(names = "--tlskey", paramLabel = "FILE", description = "Its private key, PEM.")
  private Optional<Path> tlsKey = Optional.empty();

  @Option(
      names = "--tlscacert",
      paramLabel = "FILE",
      description = "Only clients with a certificate signed by this authority may connect.")
  private Optional<Path> tlsCa = Optional.empty();

  @Option(
      names = "--insecure-tcp",
      description = "Let TCP without TLS be reached by other machines.")
  private boolean insecureTcp;

  @Option(
      names = "--allow-insecure-entitlement",
      paramLabel = "RIGHT",
      split = ",",
      description = "Let clients ask for network.host or security.insecure. Repeatable.")
  private List<String> entitlements = new ArrayList<>();

  @Option(
      names = "--group",
      paramLabel = "GROUP",
      description = "Group that may connect to unix sockets, by name or number.")
  private Optional<String> group = Optional.empty();

  @Option(names = "--debug", description = "Print stack traces of what goes wrong.")
  private boolean debug;

  @Override
  public Integer call() throws Exception {
    HostNeeds.check(name.program());
    ConfigFile file =
        config.isPresent() ? ConfigFile.read(config.get()) : ConfigFile.readIfThere(name.config());
    DaemonSettings settings = buildkitd.over(merged(file.daemon()));
    DaemonLog log =
        new DaemonLog(
            System.err,
            Clock.systemUTC(),
            settings.log().format().orElse("text").equals("json"),
            settings.log().debug() ? LogLevel.DEBUG : settings.log().level().orElse(LogLevel.INFO));
    file.warnings().forEach(log::warn);
    DaemonOptions options = options(file.withDaemon(settings), log);
    CountDownLatch ended = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    // Closed by the main thread: threads that serve devices must outlive a shutdown hook.
    Thread hook =
        new Thread(
            () -> {
              ended.countDown();
              try {
                closed.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "end");
    Runtime.getRuntime().addShutdownHook(hook);
    try (Daemon daemon = Daemon.start(options)) {
      log.info(name.program() + " " + VersionCommand.version() + " listens on " + told(options));
      ended.await();
      log.info("ends");
    } finally {
      closed.countDown();
    }
    return ExitCode.SUCCESS;
  }

  private static String told(DaemonOptions options) {
    return String.join(", ", options.addresses().stream().map(Address::toString).toList());
  }

  private DaemonOptions options(ConfigFile file, DaemonLog log) throws IOException {
    DaemonSettings said = file.daemon();
    DaemonSettings.Grpc grpc = said.grpc();
    List<String> texts = addresses.isEmpty() ? grpc.addresses() : addresses;
    List<Address> all =
        (texts.isEmpty() ? List.of(name.address()) : texts).stream().map(Address::parse).toList();
    Optional<Path> cert = tlsCert.or(grpc::tlsCert);
    Optional<Tls> tls =
        cert.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new Tls(tlsCa.or(grpc::tlsCa), cert, tlsKey.or(grpc::tlsKey), Optional.empty()));
    Path folder = root.or(said::root).orElse(name.root());
    HostOptions host =
        new HostOptions(
            folder,
            file.device(),
            buildkitd.binary().or(() -> said.worker().runtime()).orElse("auto"),
            file.filesystem(),
            Optional.empty());
    return new DaemonOptions(
        host,
        all,
        tls,
        insecureTcp,
        grpc.uid(),
        group.isPresent()
            ? OptionalInt.of(new HostGroup(Path.of("/etc/group")).number(group.get()))
            : grpc.gid(),
        log,
        file);
  }

  private DaemonSettings merged(DaemonSettings said) {
    Set<String> rights = new LinkedHashSet<>(said.entitlements());
    rights.addAll(entitlements);
    return new DaemonSettings(
        said.root(),
        new DaemonSettings.Log(
            said.log().debug() || debug, said.log().format(), said.log().level()),
        rights,
        said.grpc(),
        said.worker(),
        said.dns(),
        said.history(),
        said.cdi(),
        said.compression(),
        said.otelSocket(),
        said.provenanceFacts());
  }
}
