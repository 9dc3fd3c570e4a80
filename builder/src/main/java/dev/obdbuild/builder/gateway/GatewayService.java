package dev.obdbuild.builder.gateway;

import com.google.protobuf.ByteString;
import dev.obdbuild.builder.build.Asker;
import dev.obdbuild.builder.build.Build;
import dev.obdbuild.builder.build.BuildResult;
import dev.obdbuild.builder.build.CacheEntry;
import dev.obdbuild.builder.build.ContainerFiles;
import dev.obdbuild.builder.build.FileEntry;
import dev.obdbuild.builder.build.FrontendRequest;
import dev.obdbuild.builder.build.RefFiles;
import dev.obdbuild.builder.call.Calls;
import dev.obdbuild.builder.call.ReturnedException;
import dev.obdbuild.builder.policy.SourceRules;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.protos.gateway.CacheOptionsEntry;
import dev.obdbuild.protos.gateway.EvaluateRequest;
import dev.obdbuild.protos.gateway.EvaluateResponse;
import dev.obdbuild.protos.gateway.ExecMessage;
import dev.obdbuild.protos.gateway.InputsRequest;
import dev.obdbuild.protos.gateway.InputsResponse;
import dev.obdbuild.protos.gateway.LLBBridgeGrpc;
import dev.obdbuild.protos.gateway.NewContainerRequest;
import dev.obdbuild.protos.gateway.NewContainerResponse;
import dev.obdbuild.protos.gateway.PingRequest;
import dev.obdbuild.protos.gateway.PongResponse;
import dev.obdbuild.protos.gateway.ReadDirRequest;
import dev.obdbuild.protos.gateway.ReadDirResponse;
import dev.obdbuild.protos.gateway.ReadFileRequest;
import dev.obdbuild.protos.gateway.ReadFileResponse;
import dev.obdbuild.protos.gateway.ReleaseContainerRequest;
import dev.obdbuild.protos.gateway.ReleaseContainerResponse;
import dev.obdbuild.protos.gateway.ResolveImageConfigRequest;
import dev.obdbuild.protos.gateway.ResolveImageConfigResponse;
import dev.obdbuild.protos.gateway.ResolveSourceMetaRequest;
import dev.obdbuild.protos.gateway.ResolveSourceMetaResponse;
import dev.obdbuild.protos.gateway.ReturnRequest;
import dev.obdbuild.protos.gateway.ReturnResponse;
import dev.obdbuild.protos.gateway.SolveRequest;
import dev.obdbuild.protos.gateway.SolveResponse;
import dev.obdbuild.protos.gateway.StatFileRequest;
import dev.obdbuild.protos.gateway.StatFileResponse;
import dev.obdbuild.protos.gateway.WarnRequest;
import dev.obdbuild.protos.gateway.WarnResponse;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a frontend may ask of the daemon during one build: the frontend is a client of the daemon,
 * or a container whose standard input and output is the connection.
 */
public final class GatewayService extends LLBBridgeGrpc.LLBBridgeImplBase {

  /** Finds the build that the current call is about, waiting for it if need be. */
  @FunctionalInterface
  public interface Current {
    DrivenBuild build() throws IOException;
  }

  private final Current current;
  private final Announced announced;
  private final WorkerRecords workers;
  private final Graphs graphs;

  /**
   * @param announced what frontends are told that they may use
   * @param workers what they are told of this builder
   */
  public GatewayService(Current current, Announced announced, WorkerRecords workers) {
    this.current = current;
    this.announced = announced;
    this.workers = workers;
    this.graphs = new Graphs(announced);
  }

  @Override
  public void ping(PingRequest request, StreamObserver<PongResponse> out) {
    Calls.unary(
        out,
        cancellation -> {
          current.build();
          return PongResponse.newBuilder()
              .addAllFrontendAPICaps(announced.frontend())
              .addAllLLBCaps(announced.llb())
              .addWorkers(workers.record())
              .build();
        });
  }

  @Override
  public void solve(SolveRequest request, StreamObserver<SolveResponse> out) {
    Calls.unary(
        out,
        cancellation -> {
          DrivenBuild running = current.build();
          Asker asker = running.asker().and(SourceRules.of(request.getSourcePoliciesList()));
          BuildResult result = running.build().solve(frontendRequest(request), asker);
          SolveResponse.Builder response = SolveResponse.newBuilder();
          if (request.getAllowResultReturn()) {
            response.setResult(ResultMessages.of(result, request.getAllowResultArrayRef()));
          } else {
            if (!result.refs().isEmpty()) {
              throw new IOException("solve did not return default result");
            }
            result.ref().ifPresent(ref -> response.setRef(ref.id()));
          }
          return response.build();
        });
  }

  private FrontendRequest frontendRequest(SolveRequest request) throws IOException {
    Map<String, Graph> inputs = graphs.of(request.getFrontendInputsMap());
    Optional<Graph> definition =
        request.hasDefinition() && request.getDefinition().getDefCount() > 0
            ? Optional.of(graphs.of(request.getDefinition()))
            : Optional.empty();
    return new FrontendRequest(
        request.getFrontend(),
        new TreeMap<>(request.getFrontendOptMap()),
        definition,
        new TreeMap<>(inputs),
        caches(request.getCacheImportsList()),
        request.getEvaluate());
  }

  private static List<CacheEntry> caches(List<CacheOptionsEntry> entries) {
    return entries.stream()
        .map(entry -> new CacheEntry(entry.getType(), new TreeMap<>(entry.getAttrsMap())))
        .toList();
  }

  @Override
  public void evaluate(EvaluateRequest request, StreamObserver<EvaluateResponse> out) {
    Calls.unary(
        out,
        cancellation -> {
          Build build = current.build().build();
          build.evaluate(build.ref(request.getRef()));
          return EvaluateResponse.getDefaultInstance();
        });
  }

  @Override
  public void readFile(ReadFileRequest request, StreamObserver<ReadFileResponse> out) {
    Calls.unary(
        out,
        cancellation -> {
          Build build = current.build().build();
          byte[] content =
              new RefFiles(build)
                  .read(
                      build.ref(request.getRef()),
                      request.getFilePath(),
                      request.getRange().getOffset(),
                      request.getRange().getLength());
          return ReadFileResponse.newBuilder().setData(ByteString.copyFrom(content)).build();
        });
  }

  @Override
  public void readDir(ReadDirRequest request, StreamObserver<ReadDirResponse> out) {
    Calls.unary(
        out,
        cancellation -> {
          Build build = current.build().build();
          ReadDirResponse.Builder response = ReadDirResponse.newBuilder();
          new RefFiles(build)
              .list(build.ref(request.getRef()), request.getDirPath(), request.getIncludePattern())
              .forEach(entry -> response.addEntries(FileStats.of(entry)));
          return response.build();
        });
  }

  @Override
  public void statFile(StatFileRequest request, StreamObserver<StatFileResponse> out) {
    Calls.unary(
        out,
        cancellation -> {
          Build build = current.build().build();
          FileEntry entry =
              new RefFiles(build).stat(build.ref(request.getRef()), request.getPath());
          return StatFileResponse.newBuilder().setStat(FileStats.of(entry)).build();
        });
  }

  @Override
  public void resolveImageConfig(
      ResolveImageConfigRequest request, StreamObserver<ResolveImageConfigResponse> out) {
    Calls.unary(
        out,
        cancellation -> {
          DrivenBuild running = current.build();
          return SourceMessages.imageConfig(running.build(), running.asker(), request);
        });
  }

  @Override
  public void resolveSourceMeta(
      ResolveSourceMetaRequest request, StreamObserver<ResolveSourceMetaResponse> out) {
    Calls.unary(
        out,
        cancellation -> {
          DrivenBuild running = current.build();
          return SourceMessages.resolve(running.build(), running.asker(), request);
        });
  }

  @Override
  public void inputs(InputsRequest request, StreamObserver<InputsResponse> out) {
    Calls.unary(
        out,
        cancellation -> {
          InputsResponse.Builder response = InputsResponse.newBuilder();
          current
              .build()
              .inputs()
              .forEach((name, graph) -> response.putDefinitions(name, graph.toDefinition()));
          return response.build();
        });
  }

  @Override
  public void warn(WarnRequest request, StreamObserver<WarnResponse> out) {
    Calls.unary(
        out,
        cancellation -> {
          current.build().build().progress().accept(Warnings.parse(request));
          return WarnResponse.getDefaultInstance();
        });
  }

  @Override
  public void return_(ReturnRequest request, StreamObserver<ReturnResponse> out) {
    Calls.unary(
        out,
        cancellation -> {
          DrivenBuild running = current.build();
          boolean first =
              request.hasError()
                  ? running
                      .returned()
                      .completeExceptionally(new ReturnedException(request.getError()))
                  : running
                      .returned()
                      .complete(ResultMessages.parse(request.getResult(), running.build()));
          if (!first) {
            throw new IOException("gateway result is already set");
          }
          return ReturnResponse.getDefaultInstance();
        });
  }

  @Override
  public void newContainer(NewContainerRequest request, StreamObserver<NewContainerResponse> out) {
    Calls.unary(
        out,
        cancellation -> {
          current.build().containers().create(request);
          return NewContainerResponse.getDefaultInstance();
        });
  }

  @Override
  public void releaseContainer(
      ReleaseContainerRequest request, StreamObserver<ReleaseContainerResponse> out) {
    Calls.unary(
        out,
        cancellation -> {
          current.build().containers().release(request.getContainerID());
          return ReleaseContainerResponse.getDefaultInstance();
        });
  }

  @Override
  public StreamObserver<ExecMessage> execProcess(StreamObserver<ExecMessage> out) {
    return ProcessCall.serve(current, out);
  }

  @Override
  public void readFileContainer(ReadFileRequest request, StreamObserver<ReadFileResponse> out) {
    Calls.unary(
        out,
        cancellation -> {
          byte[] content =
              containerFiles(request.getRef(), request.getMountIndex())
                  .read(
                      request.getFilePath(),
                      request.getRange().getOffset(),
                      request.getRange().getLength());
          return ReadFileResponse.newBuilder().setData(ByteString.copyFrom(content)).build();
        });
  }

  @Override
  public void readDirContainer(ReadDirRequest request, StreamObserver<ReadDirResponse> out) {
    Calls.unary(
        out,
        cancellation -> {
          ReadDirResponse.Builder response = ReadDirResponse.newBuilder();
          containerFiles(request.getRef(), request.getMountIndex())
              .list(request.getDirPath(), request.getIncludePattern())
              .forEach(entry -> response.addEntries(FileStats.of(entry)));
          return response.build();
        });
  }

  @Override
  public void statFileContainer(StatFileRequest request, StreamObserver<StatFileResponse> out) {
    Calls.unary(
        out,
        cancellation ->
            StatFileResponse.newBuilder()
                .setStat(
                    FileStats.of(
                        containerFiles(request.getRef(), request.getMountIndex())
                            .stat(request.getPath())))
                .build());
  }

  private ContainerFiles containerFiles(String id, int mount) throws IOException, StatusException {
    DrivenBuild driven = current.build();
    return new ContainerFiles(driven.build(), driven.containers().get(id), mount);
  }
}
