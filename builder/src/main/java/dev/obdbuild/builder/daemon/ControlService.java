package dev.obdbuild.builder.daemon;

import dev.obdbuild.builder.call.Calls;
import dev.obdbuild.builder.gateway.WorkerRecords;
import dev.obdbuild.builder.history.History;
import dev.obdbuild.builder.history.HistoryEvents;
import dev.obdbuild.builder.history.StatusReader;
import dev.obdbuild.builder.session.SessionHeaders;
import dev.obdbuild.protos.control.BuildHistoryEvent;
import dev.obdbuild.protos.control.BuildHistoryRequest;
import dev.obdbuild.protos.control.BytesMessage;
import dev.obdbuild.protos.control.ControlGrpc;
import dev.obdbuild.protos.control.DiskUsageRequest;
import dev.obdbuild.protos.control.DiskUsageResponse;
import dev.obdbuild.protos.control.InfoRequest;
import dev.obdbuild.protos.control.InfoResponse;
import dev.obdbuild.protos.control.ListWorkersRequest;
import dev.obdbuild.protos.control.ListWorkersResponse;
import dev.obdbuild.protos.control.PruneRequest;
import dev.obdbuild.protos.control.SolveRequest;
import dev.obdbuild.protos.control.SolveResponse;
import dev.obdbuild.protos.control.StatusRequest;
import dev.obdbuild.protos.control.StatusResponse;
import dev.obdbuild.protos.control.UpdateBuildHistoryRequest;
import dev.obdbuild.protos.control.UpdateBuildHistoryResponse;
import dev.obdbuild.protos.control.UsageRecord;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** BuildKit's {@code Control}: builds, their progress, sessions, disk usage and history. */
final class ControlService extends ControlGrpc.ControlImplBase {

  /** Clients ask for the status of a build that they are about to start. */
  private static final Duration STATUS_PATIENCE = Duration.ofSeconds(15);

  private final Services services;

  ControlService(Services services) {
    this.services = services;
  }

  @Override
  public void solve(SolveRequest request, StreamObserver<SolveResponse> out) {
    Calls.stream(out, answers -> new SolveRun(services, request, answers).run());
  }

  @Override
  public void status(StatusRequest request, StreamObserver<StatusResponse> out) {
    Calls.stream(
        out,
        answers -> {
          Optional<StatusReader> found = reader(request.getRef());
          if (found.isEmpty()) {
            return;
          }
          try (StatusReader reader = found.get();
              var _ = answers.cancellation().onCancel(reader::cancel)) {
            Calls.sendAll(answers, reader::next);
          }
        });
  }

  /** Empty of a build that is over and has left nothing to tell: it was refused, or is internal. */
  private Optional<StatusReader> reader(String ref) throws IOException, InterruptedException {
    if (services.running().find(ref).isEmpty()) {
      services.running().settle();
      Optional<StatusReader> past = services.history().status(ref);
      if (past.isPresent()) {
        return past;
      }
    }
    Optional<RunningBuild> running = services.running().await(ref, STATUS_PATIENCE);
    return running.isPresent()
        ? Optional.of(running.get().status().reader())
        : services.history().status(ref);
  }

  @Override
  public StreamObserver<BytesMessage> session(StreamObserver<BytesMessage> out) {
    return services
        .sessions()
        .accept(SessionHeaders.current(), (ServerCallStreamObserver<BytesMessage>) out);
  }

  @Override
  public void listWorkers(ListWorkersRequest request, StreamObserver<ListWorkersResponse> out) {
    Calls.unary(
        out,
        cancellation ->
            ListWorkersResponse.newBuilder().addRecord(services.workers().record()).build());
  }

  @Override
  public void info(InfoRequest request, StreamObserver<InfoResponse> out) {
    Calls.unary(
        out,
        cancellation ->
            InfoResponse.newBuilder().setBuildkitVersion(WorkerRecords.VERSION).build());
  }

  @Override
  public void diskUsage(DiskUsageRequest request, StreamObserver<DiskUsageResponse> out) {
    Calls.unary(
        out,
        cancellation -> {
          services.running().settle();
          return UsageCalls.report(services.engine().usage(), request);
        });
  }

  @Override
  public void prune(PruneRequest request, StreamObserver<UsageRecord> out) {
    Calls.stream(
        out,
        answers -> {
          services.running().settle();
          UsageCalls.prune(services.engine().usage(), request, answers);
        });
  }

  @Override
  public void listenBuildHistory(
      BuildHistoryRequest request, StreamObserver<BuildHistoryEvent> out) {
    Calls.stream(
        out,
        answers -> {
          services.running().settle();
          try (HistoryEvents events = services.history().listen(request);
              var _ = answers.cancellation().onCancel(events::close)) {
            Calls.sendAll(answers, events::next);
          }
        });
  }

  @Override
  public void updateBuildHistory(
      UpdateBuildHistoryRequest request, StreamObserver<UpdateBuildHistoryResponse> out) {
    Calls.unary(
        out,
        cancellation -> {
          services.running().settle();
          History history = services.history();
          if (request.getDelete()) {
            history.delete(request.getRef());
          } else if (!request.getFinalize()) {
            history.pin(request.getRef(), request.getPinned());
          }
          return UpdateBuildHistoryResponse.getDefaultInstance();
        });
  }
}
