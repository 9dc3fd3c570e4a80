package dev.obdbuild.builder.daemon;

import dev.obdbuild.builder.BuildKitRelease;
import dev.obdbuild.builder.build.Asker;
import dev.obdbuild.builder.build.Build;
import dev.obdbuild.builder.build.BuildResult;
import dev.obdbuild.builder.build.CacheEntry;
import dev.obdbuild.builder.build.FrontendRequest;
import dev.obdbuild.builder.build.SourcePolicy;
import dev.obdbuild.builder.call.Outgoing;
import dev.obdbuild.builder.call.Statuses;
import dev.obdbuild.builder.export.Export;
import dev.obdbuild.builder.export.Export.Exported;
import dev.obdbuild.builder.export.ExportRequest;
import dev.obdbuild.builder.export.LateOutputs;
import dev.obdbuild.builder.gateway.DrivenBuild;
import dev.obdbuild.builder.gateway.Graphs;
import dev.obdbuild.builder.gateway.SourceMessages;
import dev.obdbuild.builder.history.ActiveBuild;
import dev.obdbuild.builder.history.StatusLog;
import dev.obdbuild.builder.policy.ClientPolicy;
import dev.obdbuild.builder.policy.SourceRules;
import dev.obdbuild.builder.session.ClientSession;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.protos.control.BuildHistoryRecord;
import dev.obdbuild.protos.control.Exporter;
import dev.obdbuild.protos.control.SolveRequest;
import dev.obdbuild.protos.control.SolveResponse;
import dev.obdbuild.snapshots.Lease;
import dev.obdbuild.solver.CancellationSource;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * One call of {@code Control.Solve}, from the request to the exporters' answer, and on to the
 * record that is kept of a build that went well: its client does not wait for that. Used once.
 */
final class SolveRun {

  private static final Duration SESSION_PATIENCE = Duration.ofSeconds(15);

  /** How long a build's results are kept when this process dies. */
  private static final Duration LEASE = Duration.ofHours(1);

  private static final int LONGEST_REF = 256;

  private final Services services;
  private final SolveRequest request;
  private final Outgoing<SolveResponse> call;

  SolveRun(Services services, SolveRequest request, Outgoing<SolveResponse> call) {
    this.services = services;
    this.request = request;
    this.call = call;
  }

  void run() throws IOException {
    if (request.getRef().isEmpty() || request.getRef().length() > LONGEST_REF) {
      throw new IllegalArgumentException("a build needs a ref of at most 256 characters");
    }
    try (RunningBuilds.Coming coming = services.running().coming(request.getRef())) {
      try {
        run(coming);
      } catch (IOException | RuntimeException e) {
        // The client hears of it before its other calls, which wait for this build, are given up.
        call.end(e);
      }
    }
  }

  private void run(RunningBuilds.Coming coming) throws IOException {
    SourcePolicy policy = policy();
    long compatibility = request.getCompatibilityVersion();
    if (compatibility != 0 && compatibility != BuildKitRelease.COMPATIBILITY) {
      throw new IllegalArgumentException(
          "unsupported compatibility-version "
              + compatibility
              + ": results of this builder are of version "
              + BuildKitRelease.COMPATIBILITY);
    }
    Set<String> entitlements = services.policy().grant(request.getEntitlementsList());
    Optional<ClientSession> session =
        request.getSession().isEmpty()
            ? Optional.empty()
            : Optional.of(services.sessions().await(request.getSession(), SESSION_PATIENCE));
    try (CancellationSource cancellation = new CancellationSource(call.cancellation());
        AutoCloseableQuietly lost = onEnd(session, cancellation);
        StatusLog log = services.history().openLog();
        Lease lease = services.engine().snapshots().lease("build " + request.getRef(), LEASE);
        Lendings lendings = new Lendings(services, session, lease, entitlements);
        Build build =
            new Build(
                services.engine(),
                lendings.lending(),
                services.external(),
                policy,
                services.origins(),
                log,
                cancellation);
        DrivenBuild driven =
            new DrivenBuild(build, build.asker(), graphs().of(request.getFrontendInputsMap()))) {
      recorded(
          new RunningBuild(request.getRef(), driven, cancellation, log),
          log,
          answer -> {
            // From now on the client may go: nothing of the build is left that could be given up.
            lost.close();
            coming.answered();
            call.send(answer);
            call.end();
          });
    }
  }

  /** The rules of the request, and what the client whose session it names says. */
  private SourcePolicy policy() throws IOException {
    SourcePolicy rules = SourceRules.of(List.of(request.getSourcePolicy()));
    if (request.getSourcePolicySession().isEmpty()) {
      return rules;
    }
    ClientSession judge =
        services.sessions().await(request.getSourcePolicySession(), SESSION_PATIENCE);
    return rules.and(
        new ClientPolicy(
            judge::checkPolicy,
            (build, question) ->
                SourceMessages.resolve(build, new Asker(build.asker().origin(), rules), question)));
  }

  private Graphs graphs() {
    return new Graphs(services.announced());
  }

  private static AutoCloseableQuietly onEnd(
      Optional<ClientSession> session, CancellationSource cancellation) {
    return session
        .map(s -> s.ended().onCancel(cancellation::cancel))
        .<AutoCloseableQuietly>map(registration -> registration::close)
        .orElse(() -> {});
  }

  /** Closes without a checked exception. */
  private interface AutoCloseableQuietly extends AutoCloseable {
    @Override
    void close();
  }

  /** Internal builds, by which clients ask questions, leave no record. */
  private void recorded(RunningBuild running, StatusLog log, Consumer<SolveResponse> answer)
      throws IOException {
    if (request.getInternal()) {
      answer.accept(listed(running).response());
      return;
    }
    ActiveBuild record = services.history().start(record(), log);
    Done done;
    try {
      done = listed(running);
    } catch (IOException | RuntimeException e) {
      try {
        record.fail(Statuses.of(e));
      } finally {
        record.complete();
      }
      throw e;
    }
    try {
      answer.accept(done.response());
    } finally {
      complete(record, done.exported());
    }
  }

  /** The client has its answer, so only the daemon's owner can hear of what fails here. */
  private void complete(ActiveBuild record, Exported exported) {
    try {
      try {
        new RecordedResult(record).store(exported);
      } finally {
        record.complete();
      }
    } catch (IOException | RuntimeException e) {
      services.log().broken("record of build " + request.getRef(), e);
    }
  }

  private BuildHistoryRecord record() {
    return BuildHistoryRecord.newBuilder()
        .setRef(request.getRef())
        .setFrontend(request.getFrontend())
        .putAllFrontendAttrs(request.getFrontendAttrsMap())
        .addAllExporters(exporters())
        .build();
  }

  /** A build that went well, and what its client is told. */
  private record Done(Exported exported, SolveResponse response) {}

  private Done listed(RunningBuild running) throws IOException {
    services.running().add(running);
    try (BuildTrace trace = BuildTrace.of(services.engine(), request.getFrontendAttrsMap())) {
      Exported exported = export(running);
      return new Done(
          exported,
          SolveResponse.newBuilder()
              .putAllExporterResponse(exported.response())
              .putAllExporterResponse(trace.answer())
              .build());
    } finally {
      services.running().remove(running);
      services.garbage().request();
      services.rest().request();
      running.status().end();
    }
  }

  /** What is to be exported is checked before anything is built. */
  private Exported export(RunningBuild running) throws IOException {
    try (Export export =
        new Export(running.driven().build(), exports(), services.policy().layers(), late())) {
      return export.run(result(running));
    }
  }

  private LateOutputs late() throws IOException {
    return request.getEnableSessionExporter()
        ? new SessionOutputs(services.sessions().await(request.getSession(), SESSION_PATIENCE))
        : LateOutputs.NONE;
  }

  private BuildResult result(RunningBuild running) throws IOException {
    Optional<Graph> definition =
        request.getDefinition().getDefCount() > 0
            ? Optional.of(graphs().of(request.getDefinition()))
            : Optional.empty();
    if (request.getFrontend().isEmpty() && definition.isEmpty()) {
      // A frontend at the other end drives the build through the gateway.
      return running.driven().awaitReturn();
    }
    List<CacheEntry> imports = CacheEntries.imports(request.getCache());
    return running
        .driven()
        .build()
        .solve(
            new FrontendRequest(
                request.getFrontend(),
                new TreeMap<>(request.getFrontendAttrsMap()),
                definition,
                running.driven().inputs(),
                imports,
                false));
  }

  /** Today's form of the request, or the one before. */
  private List<Exporter> exporters() {
    if (request.getExportersCount() > 0) {
      return request.getExportersList();
    }
    return request.getExporterDeprecated().isEmpty()
        ? List.of()
        : List.of(
            Exporter.newBuilder()
                .setType(request.getExporterDeprecated())
                .putAllAttrs(request.getExporterAttrsDeprecatedMap())
                .build());
  }

  private ExportRequest exports() {
    return new ExportRequest(
        exporters().stream()
            .map(it -> new ExportRequest.Entry(it.getType(), new TreeMap<>(it.getAttrsMap())))
            .toList(),
        CacheEntries.exports(request.getCache()),
        request.getFrontend(),
        new TreeMap<>(request.getFrontendAttrsMap()),
        services.policy().facts(),
        false);
  }
}
