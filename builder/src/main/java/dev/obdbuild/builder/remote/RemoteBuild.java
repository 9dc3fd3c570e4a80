package dev.obdbuild.builder.remote;

import dev.obdbuild.builder.build.CacheEntry;
import dev.obdbuild.builder.request.BuildRequest;
import dev.obdbuild.builder.session.serve.SessionServer;
import dev.obdbuild.builder.session.tunnel.Duplex;
import dev.obdbuild.protos.control.CacheOptions;
import dev.obdbuild.protos.control.CacheOptionsEntry;
import dev.obdbuild.protos.control.ControlGrpc;
import dev.obdbuild.protos.control.Exporter;
import dev.obdbuild.protos.control.SolveRequest;
import dev.obdbuild.protos.control.SolveResponse;
import dev.obdbuild.protos.gateway.Result;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.progress.ProgressSink;
import io.grpc.Status;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** One build at a daemon, with its session and its progress. Used once. */
final class RemoteBuild {

  static final String FRONTEND = "dockerfile.v0";

  private final DaemonClient daemon;
  private final BuildRequest request;
  private final ProgressSink sink;
  private final Cancellation cancellation;
  private final String ref = UUID.randomUUID().toString().replace("-", "");

  RemoteBuild(
      DaemonClient daemon, BuildRequest request, ProgressSink sink, Cancellation cancellation) {
    this.daemon = daemon;
    this.request = request;
    this.sink = sink;
    this.cancellation = cancellation;
  }

  /** What is done while the daemon solves. */
  @FunctionalInterface
  private interface Work<T> {
    T perform(Duplex<SolveRequest, SolveResponse> solve) throws IOException;
  }

  /** Has the daemon's frontend build it. */
  SortedMap<String, String> build() throws IOException {
    SolveRequest.Builder message =
        SolveRequest.newBuilder()
            .putAllFrontendAttrs(request.attributes())
            .setCache(
                CacheOptions.newBuilder()
                    .addAllImports(caches(request.imports()))
                    .addAllExports(caches(request.exports())))
            .addAllEntitlements(request.entitlements());
    request
        .outputs()
        .forEach(
            output ->
                message.addExporters(
                    Exporter.newBuilder().setType(output.type()).putAllAttrs(output.attrs())));
    boolean driven = !request.links().isEmpty();
    if (!driven) {
      message.setFrontend(FRONTEND);
    }
    return solving(
        message,
        solve -> {
          if (driven) {
            DrivenFrontend frontend = frontend();
            frontend.hand(frontend.result(caches(request.imports())));
          }
          return new TreeMap<>(Answers.one(solve, daemon.address()).getExporterResponseMap());
        });
  }

  /** Drives the daemon's frontend itself, for what it answers is metadata and not exported. */
  SortedMap<String, byte[]> ask() throws IOException {
    return solving(
        SolveRequest.newBuilder().setInternal(true),
        solve -> {
          DrivenFrontend frontend = frontend();
          Result result = frontend.result(List.of());
          frontend.hand(Result.getDefaultInstance());
          var unused = Answers.one(solve, daemon.address());
          SortedMap<String, byte[]> answer = new TreeMap<>();
          result.getMetadataMap().forEach((key, value) -> answer.put(key, value.toByteArray()));
          return answer;
        });
  }

  private DrivenFrontend frontend() {
    return new DrivenFrontend(daemon, ref, request, cancellation);
  }

  private static void cancel(Duplex<?, ?> call) {
    call.abort(Status.CANCELLED.withDescription(Cancellation.MESSAGE));
  }

  private static List<CacheOptionsEntry> caches(List<CacheEntry> entries) {
    return entries.stream()
        .map(
            entry ->
                CacheOptionsEntry.newBuilder()
                    .setType(entry.type())
                    .putAllAttrs(Map.copyOf(entry.attrs()))
                    .build())
        .toList();
  }

  private <T> T solving(SolveRequest.Builder message, Work<T> work) throws IOException {
    cancellation.throwIfCancelled();
    StatusFollower status = new StatusFollower(daemon, ref, sink);
    try (SessionServer session =
        new SessionServer(daemon.loops(), daemon.channel(), request.sharedKey(), request.lent())) {
      Duplex<SolveRequest, SolveResponse> solve = new Duplex<>("build", 2);
      ControlGrpc.newStub(daemon.channel())
          .solve(message.setRef(ref).setSession(session.id()).build(), solve);
      status.start();
      try (var _ = cancellation.onCancel(() -> cancel(solve))) {
        T done = work.perform(solve);
        status.await();
        return done;
      } catch (IOException | RuntimeException e) {
        cancel(solve);
        // The last news come after the answer: what was cancelled, what failed.
        status.awaitFailed();
        throw e;
      }
    }
  }
}
