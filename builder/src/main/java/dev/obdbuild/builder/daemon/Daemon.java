package dev.obdbuild.builder.daemon;

import dev.obdbuild.backstore.metrics.MetricsServer;
import dev.obdbuild.builder.Engine;
import dev.obdbuild.builder.attest.BuilderFacts;
import dev.obdbuild.builder.build.Origins;
import dev.obdbuild.builder.config.DaemonSettings;
import dev.obdbuild.builder.gateway.Announced;
import dev.obdbuild.builder.gateway.DrivenBuild;
import dev.obdbuild.builder.gateway.GatewayService;
import dev.obdbuild.builder.gateway.HealthService;
import dev.obdbuild.builder.gateway.ImageFrontends;
import dev.obdbuild.builder.gateway.WorkerRecords;
import dev.obdbuild.builder.history.History;
import dev.obdbuild.builder.session.SessionHeaders;
import dev.obdbuild.builder.session.Sessions;
import dev.obdbuild.builder.session.SessionsInPlace;
import dev.obdbuild.builder.usage.DelayedRun;
import dev.obdbuild.builder.usage.GarbageCollection;
import dev.obdbuild.builder.usage.GcPolicy;
import dev.obdbuild.builder.wire.Address;
import dev.obdbuild.builder.wire.EventLoops;
import dev.obdbuild.linux.file.MappedFiles;
import dev.obdbuild.linux.sys.Closing;
import dev.obdbuild.pusher.output.LayerChoice;
import dev.obdbuild.snapshots.Snapshots;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A daemon that serves BuildKit's API. Thread-safe. Closing it cancels what runs and leaves nothing
 * mounted.
 */
public final class Daemon implements AutoCloseable {

  /**
   * How long a gateway call waits for the build that it names; a daemon that has just started on a
   * busy host needs seconds for its first build.
   */
  private static final Duration BUILD_PATIENCE = Duration.ofSeconds(15);

  /** Clients at a time. */
  private static final int MOST_SESSIONS = 1000;

  private static final int MOST_BUILDS = 1000;

  /** Garbage is collected when no build has ended for so long. */
  private static final Duration GC_DELAY = Duration.ofSeconds(5);

  /** Longer than that: what the collection of garbage leaves behind is given back as well. */
  private static final Duration REST_DELAY = Duration.ofSeconds(8);

  /** After a full collection the JVM still goes through much of its cached classes. */
  private static final Duration COLLECTED_DELAY = Duration.ofSeconds(4);

  /** Where BuildKit's daemon looks, too. */
  private static final Path PROVENANCE_FACTS = Path.of("/etc/buildkit/provenance.d");

  private static final Duration END_PATIENCE = Duration.ofSeconds(12);

  private final Closing closing;
  private final DaemonOptions options;
  private final List<Server> servers = new ArrayList<>();
  private final RunningBuilds running = new RunningBuilds(MOST_BUILDS);

  private Daemon(DaemonOptions options, Closing closing) throws IOException {
    this.options = options;
    this.closing = closing;
    EventLoops loops = closing.add(new EventLoops(2));
    ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
    closing.add(calls);
    // Layers are read with the logins of whoever is connected; nobody is before there is an engine.
    LaterLogins logins = new LaterLogins();
    Engine engine = closing.add(Engine.open(options.host(), options.config(), logins));
    options.log().debug(engine.devices());
    Sessions sessions =
        closing.add(
            new Sessions(loops, engine.synced(), engine.snapshots().mountThreads(), MOST_SESSIONS));
    logins.become(sessions.credentials());
    if (options.config().metrics().isPresent()) {
      closing.add(
          MetricsServer.start(options.config().metrics().get(), "/metrics", engine::metrics));
    }
    DaemonSettings settings = options.config().daemon();
    History history =
        closing.add(History.open(options.host().root(), Limits.history(settings.history())));
    long disk = engine.usage().diskBytes();
    List<GcPolicy> policies = Limits.policies(settings.worker(), disk);
    GarbageCollection garbage =
        closing.add(
            new GarbageCollection(
                engine.usage(),
                policies,
                GC_DELAY,
                e -> options.log().warn("garbage collection: " + e.getMessage())));
    engine.vendorDevices().problems().forEach(problem -> options.log().warn(problem));
    WorkerRecords workers =
        new WorkerRecords(
            options.host().root(),
            engine.hostPlatforms(),
            settings.worker().network().mode(),
            settings.worker().labels(),
            policies.stream().map(policy -> policy.message(disk)).toList(),
            engine.vendorDevices());
    BuildPolicy policy =
        new BuildPolicy(
            Set.copyOf(settings.entitlements()),
            settings.compression().map(LayerChoice::parse).orElse(LayerChoice.OVERLAYBD),
            BuilderFacts.load(settings.provenanceFacts().orElse(PROVENANCE_FACTS)));
    Announced announced = Announced.load();
    DelayedRun release =
        closing.add(DelayedRun.afterQuiet("release", COLLECTED_DELAY, () -> releaseFiles(running)));
    DelayedRun rest =
        closing.add(
            DelayedRun.afterQuiet("rest", REST_DELAY, () -> rest(engine.snapshots(), release)));
    Services services =
        new Services(
            engine,
            sessions,
            history,
            running,
            new ImageFrontends(loops, calls, announced, workers),
            new Origins(),
            garbage,
            rest,
            workers,
            announced,
            traces(loops),
            options.log(),
            policy);
    for (Address address : options.addresses()) {
      servers.add(listen(address, loops, calls, services));
    }
    // Starting has left something behind as well.
    rest.request();
  }

  /**
   * Steps whose layers nobody has sealed yet are made to survive a reboot, and memory is given back
   * to the host: the heap shrinks at a full collection only.
   */
  private void rest(Snapshots snapshots, DelayedRun next) {
    if (!running.isEmpty()) {
      return;
    }
    try {
      int forced = snapshots.syncLayers();
      options.log().debug("layers forced to disk: " + forced);
    } catch (IOException e) {
      options.log().warn("layers could not be forced to disk: " + e.getMessage());
    }
    System.gc();
    next.request();
  }

  /** Of libraries and cached classes all stays mapped that was needed once. */
  private void releaseFiles(RunningBuilds running) {
    if (!running.isEmpty()) {
      return;
    }
    try {
      long unused = MappedFiles.release();
    } catch (IOException e) {
      options.log().warn("memory could not be given back: " + e.getMessage());
    }
  }

  private TraceService.Collector traces(EventLoops loops) throws IOException {
    Optional<TraceForwarding> forwarding = TraceForwarding.of(System.getenv(), loops);
    return forwarding.isPresent() ? closing.add(forwarding.get()) : TraceService.discarding();
  }

  /** The build that a call of the gateway names. */
  private DrivenBuild driven() throws IOException {
    String ref = BuildIdHeader.current();
    return running
        .await(ref, BUILD_PATIENCE)
        .orElseThrow(() -> new NoSuchBuildException(ref))
        .driven();
  }

  private Server listen(Address address, EventLoops loops, ExecutorService calls, Services services)
      throws IOException {
    if (address instanceof Address.Unix unix) {
      Sockets.makeFree(unix.path());
    }
    NettyServerBuilder builder = loops.server(address, options.tls());
    Server server =
        builder
            .executor(calls)
            .callExecutor(new SessionsInPlace())
            .intercept(new BuildIdHeader())
            .intercept(new CurrentTime())
            .intercept(SessionHeaders.interceptor())
            .intercept(new FailedCalls(options.log()))
            .addService(new ControlService(services))
            .addService(new GatewayService(this::driven, services.announced(), services.workers()))
            .addService(new ContentService(services.history().blobs()))
            .addService(new TraceService(services.traces()))
            .addService(new HealthService())
            .build();
    try {
      server.start();
    } catch (IOException e) {
      throw new IOException("cannot listen on " + address + ": " + e.getMessage(), e);
    }
    if (address instanceof Address.Unix unix) {
      Sockets.protect(unix.path(), options.socketUser(), options.socketGroup());
    }
    return server;
  }

  /**
   * Starts a daemon: when this returns, it accepts connections.
   *
   * @throws IOException when its state folder or an address cannot be used; nothing stays open then
   */
  public static Daemon start(DaemonOptions options) throws IOException {
    Closing closing = new Closing();
    try {
      return new Daemon(options, closing);
    } catch (IOException | RuntimeException e) {
      closing.closeAfter(e);
      throw e;
    }
  }

  /** The package and the release of BuildKit whose interface it has. */
  public static String interfaceVersion() {
    return WorkerRecords.VERSION.getPackage() + " " + WorkerRecords.VERSION.getVersion();
  }

  /** The ports of TCP addresses in their order, for those asked for as port 0. */
  public List<Integer> ports() {
    return servers.stream().map(Server::getPort).filter(port -> port > 0).toList();
  }

  /** Takes no more calls, cancels what runs, waits for it, and lets go of everything. */
  @Override
  public void close() throws IOException {
    servers.forEach(Server::shutdown);
    running.cancelAll();
    try {
      running.settle();
      if (!running.awaitNone(END_PATIENCE)) {
        options.log().warn("builds still run after " + END_PATIENCE.toSeconds() + " s");
      }
      for (Server server : servers) {
        server.shutdownNow();
        server.awaitTermination(1, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (Address address : options.addresses()) {
      if (address instanceof Address.Unix unix) {
        Files.deleteIfExists(unix.path());
      }
    }
    closing.close();
  }
}
