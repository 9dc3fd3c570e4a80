package dev.obdbuild.builder.cli;

import dev.obdbuild.backstore.audit.AuditLog;
import dev.obdbuild.backstore.cache.BlockCache;
import dev.obdbuild.backstore.device.DeviceChoice;
import dev.obdbuild.backstore.metrics.MetricsPage;
import dev.obdbuild.backstore.metrics.MetricsServer;
import dev.obdbuild.backstore.remote.RemoteLayers;
import dev.obdbuild.backstore.serve.BackstoreServer;
import dev.obdbuild.backstore.serve.ServeManner;
import dev.obdbuild.builder.HostNeeds;
import dev.obdbuild.builder.config.ConfigFile;
import dev.obdbuild.linux.sys.Closing;
import dev.obdbuild.oci.registry.DockerConfigCredentials;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.snapshots.store.StorePaths;
import dev.obdbuild.solver.Cancellation;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code obd-backstore serve}. */
@Command(
    name = "serve",
    description = {
      "Serves the devices of builders in a process apart: of those that say in their configuration",
      "",
      "  [device]",
      "  backstore = \"unix:///run/obd-backstore/serve.sock\"",
      "",
      "so that a builder that is killed takes no device along, nor this process a builder: kill it,",
      "start it again, and running steps go on. What reads or writes meanwhile waits, for a minute at",
      "most. With SIGTERM it takes its devices away. Under systemd: KillMode=process, Restart=always.",
      "",
      "Layers of registries are read with this user's logins, not with those of builders' clients.",
      "Of the configuration [registry], [blocks], [audit] and [metrics] count; where builders of the",
      "same file show their own numbers, give --metrics another address."
    },
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  obd-backstore serve",
      "  obd-backstore serve --addr unix:///run/devices.sock --state /run/devices",
      "  obd-backstore serve --root /srv/obd-build --config /etc/obd-build/config.toml"
    })
final class ServeCommand implements Callable<Integer> {
  private static final String UNIX = "unix://";

  @Mixin private HelpFlag help = new HelpFlag();
  @Mixin private RootFlag root = new RootFlag();

  @Option(
      names = "--addr",
      paramLabel = "ADDR",
      description = "Where to listen (default ${DEFAULT-VALUE}).")
  private String address = "unix:///run/obd-backstore/serve.sock";

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description =
          "Folder for what must outlive a kill, but not the machine (default ${DEFAULT-VALUE}).")
  private Path state = Path.of("/run/obd-backstore/serve");

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Registries, cache, audit log (default /etc/obd-build/config.toml, if it is there).")
  private Optional<Path> config = Optional.empty();

  @Option(
      names = "--device",
      paramLabel = "KIND",
      description = "How devices are made: auto, tcmu or fuse (default: as [device] kind says).")
  private Optional<DeviceChoice> device = Optional.empty();

  @Option(
      names = "--metrics",
      paramLabel = "HOST:PORT",
      description =
          "Where to show numbers to Prometheus, whatever [metrics] says; off for nowhere.")
  private Optional<String> metrics = Optional.empty();

  @Option(
      names = "--no-keeper",
      description = "Devices go with this process when it is killed: their users get errors.")
  private boolean noKeeper;

  @Override
  public Integer call() throws Exception {
    HostNeeds.checkDevices("obd-backstore serve");
    if (!address.startsWith(UNIX + "/")) {
      throw new IllegalArgumentException("--addr " + address + ": must be unix:///PATH");
    }
    ConfigFile said = config.isPresent() ? ConfigFile.read(config.get()) : ConfigFile.readDefault();
    Optional<InetSocketAddress> shown = shown(said);
    Path blocks = StorePaths.create(root.root()).blockCache();
    CountDownLatch end = new CountDownLatch(1);
    try (Interruption interruption = Interruption.listen();
        RegistryClient registry =
            new RegistryClient(said.registries(), DockerConfigCredentials.ofUser(System.getenv()));
        BlockCache cache = BlockCache.open(blocks, said.blocks());
        Closing parts = new Closing();
        Cancellation.Registration registration =
            interruption.cancellation().onCancel(end::countDown)) {
      Optional<AuditLog> audit =
          said.audit().isPresent()
              ? Optional.of(parts.add(AuditLog.open(said.audit().get(), ServeCommand::log)))
              : Optional.empty();
      RemoteLayers layers = new RemoteLayers(registry, cache);
      BackstoreServer server =
          parts.add(
              BackstoreServer.start(
                  Path.of(address.substring(UNIX.length())),
                  state,
                  layers,
                  new ServeManner(device.orElse(said.device()), !noKeeper, audit),
                  ServeCommand::log));
      if (shown.isPresent()) {
        Supplier<String> page =
            () ->
                new MetricsPage()
                    .process(server.live(), cache, registry.activity(), layers.fetchedBytes())
                    .toString();
        parts.add(MetricsServer.start(shown.get(), "/metrics", page));
      }
      log("serving " + server.devices() + " devices at " + address);
      end.await();
    }
    return ExitCode.SUCCESS;
  }

  private Optional<InetSocketAddress> shown(ConfigFile said) {
    if (metrics.isEmpty()) {
      return said.metrics();
    }
    if (metrics.get().equals("off")) {
      return Optional.empty();
    }
    return Optional.of(
        ConfigFile.address(metrics.get())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "--metrics " + metrics.get() + ": must be HOST:PORT, or off")));
  }

  private static void log(String message) {
    Clock clock = Clock.systemUTC();
    System.err.println(clock.instant().truncatedTo(ChronoUnit.MILLIS) + " " + message);
  }
}
