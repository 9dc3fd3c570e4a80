package dev.obdbuild.builder.remote;

import dev.obdbuild.builder.request.BuildRequest;
import dev.obdbuild.builder.request.LinkedRequest;
import dev.obdbuild.builder.request.LinkedRequest.Made;
import dev.obdbuild.builder.session.tunnel.Duplex;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.InvalidGraphException;
import dev.obdbuild.protos.control.CacheOptionsEntry;
import dev.obdbuild.protos.gateway.LLBBridgeGrpc;
import dev.obdbuild.protos.gateway.Ref;
import dev.obdbuild.protos.gateway.Result;
import dev.obdbuild.protos.gateway.ReturnRequest;
import dev.obdbuild.protos.gateway.ReturnResponse;
import dev.obdbuild.protos.gateway.SolveRequest;
import dev.obdbuild.protos.gateway.SolveResponse;
import dev.obdbuild.protos.pb.Definition;
import dev.obdbuild.solver.Cancellation;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The daemon's frontend, driven by this client through the gateway while a build waits for it. */
final class DrivenFrontend {

  private static final Metadata.Key<String> BUILD =
      Metadata.Key.of("buildkit-controlapi-buildid", Metadata.ASCII_STRING_MARSHALLER);

  private final DaemonClient daemon;
  private final BuildRequest request;
  private final Cancellation cancellation;
  private final LLBBridgeGrpc.LLBBridgeStub gateway;

  /**
   * @param ref of the build
   */
  DrivenFrontend(DaemonClient daemon, String ref, BuildRequest request, Cancellation cancellation) {
    this.daemon = daemon;
    this.request = request;
    this.cancellation = cancellation;
    Metadata headers = new Metadata();
    headers.put(BUILD, ref);
    this.gateway =
        LLBBridgeGrpc.newStub(daemon.channel())
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  /** What it makes of the request, after the targets that the request is linked with. */
  Result result(List<CacheOptionsEntry> caches) throws IOException {
    LinkedRequest linked = new LinkedRequest(request);
    for (Optional<SortedMap<String, String>> next = linked.next();
        next.isPresent();
        next = linked.next()) {
      linked.link(made(solve(next.get(), linked.inputs(), caches)));
    }
    return solve(linked.attributes(), linked.inputs(), caches);
  }

  private Result solve(
      SortedMap<String, String> options, Map<String, Graph> inputs, List<CacheOptionsEntry> caches)
      throws IOException {
    SolveRequest.Builder message =
        SolveRequest.newBuilder()
            .setFrontend(RemoteBuild.FRONTEND)
            .putAllFrontendOpt(options)
            .setAllowResultReturn(true)
            .setAllowResultArrayRef(true);
    inputs.forEach((name, graph) -> message.putFrontendInputs(name, graph.toDefinition()));
    caches.forEach(
        cache ->
            message.addCacheImports(
                dev.obdbuild.protos.gateway.CacheOptionsEntry.newBuilder()
                    .setType(cache.getType())
                    .putAllAttrs(cache.getAttrsMap())));
    Duplex<SolveRequest, SolveResponse> asked = new Duplex<>("question about the Dockerfile", 2);
    gateway.solve(message.build(), asked);
    try (var _ = cancellation.onCancel(() -> cancel(asked))) {
      return Answers.one(asked, daemon.address()).getResult();
    }
  }

  private static void cancel(Duplex<?, ?> call) {
    call.abort(Status.CANCELLED.withDescription(Cancellation.MESSAGE));
  }

  private static Made made(Result result) throws IOException {
    SortedMap<String, Graph> graphs = new TreeMap<>();
    if (result.hasRef()) {
      graphs.put("", graph(result.getRef()));
    }
    for (Map.Entry<String, Ref> ref : result.getRefs().getRefsMap().entrySet()) {
      graphs.put(ref.getKey(), graph(ref.getValue()));
    }
    SortedMap<String, byte[]> metadata = new TreeMap<>();
    result.getMetadataMap().forEach((key, value) -> metadata.put(key, value.toByteArray()));
    return new Made(graphs, metadata);
  }

  private static Graph graph(Ref ref) throws IOException {
    Definition definition = ref.getDef();
    try {
      return Graph.of(definition);
    } catch (InvalidGraphException e) {
      throw new IOException("the daemon's graph of a target: " + e.getMessage(), e);
    }
  }

  /** Hands the build what it is to export. */
  void hand(Result result) throws IOException {
    Duplex<ReturnRequest, ReturnResponse> returned = new Duplex<>("end of the build", 2);
    gateway.return_(ReturnRequest.newBuilder().setResult(result).build(), returned);
    var unused = Answers.one(returned, daemon.address());
  }
}
