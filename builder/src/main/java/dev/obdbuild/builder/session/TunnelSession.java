package dev.obdbuild.builder.session;

import dev.obdbuild.builder.session.sync.SyncedFolders;
import dev.obdbuild.builder.session.tunnel.CallException;
import dev.obdbuild.builder.session.tunnel.DaemonTunnel;
import dev.obdbuild.oci.content.ContentStore;
import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.protos.control.BytesMessage;
import dev.obdbuild.protos.exporter.ExporterGrpc;
import dev.obdbuild.protos.exporter.FinalizeExportRequest;
import dev.obdbuild.protos.exporter.FindExportersRequest;
import dev.obdbuild.protos.exporter.FindExportersResponse;
import dev.obdbuild.protos.policysession.CheckPolicyRequest;
import dev.obdbuild.protos.policysession.CheckPolicyResponse;
import dev.obdbuild.protos.policysession.PolicyVerifierGrpc;
import dev.obdbuild.snapshots.mount.MountThreads;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.CancellationSource;
import dev.obdbuild.worker.Secrets;
import dev.obdbuild.worker.SshAgents;
import dev.obdbuild.worker.source.local.LocalFiles;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;

/** A session whose client is at the other end of a tunnel. */
final class TunnelSession implements ClientSession, AutoCloseable {
  /** A policy may look things up before it decides. */
  private static final Duration POLICY_PATIENCE = Duration.ofMinutes(5);

  private static final Duration EXPORTER_PATIENCE = Duration.ofMinutes(10);

  private final SessionHeaders headers;
  private final SyncedFolders folders;
  private final MountThreads mountThreads;
  private final CancellationSource ended = new CancellationSource();
  private final DaemonTunnel tunnel;
  private final Credentials credentials;

  /**
   * @param authority of this process
   * @param open makes the tunnel, which runs what it is given when it has ended
   * @param gone told, once, when the session has ended
   */
  TunnelSession(
      SessionHeaders headers,
      SyncedFolders folders,
      MountThreads mountThreads,
      TokenAuthority authority,
      Function<Runnable, DaemonTunnel> open,
      Consumer<TunnelSession> gone) {
    this.headers = headers;
    this.folders = folders;
    this.mountThreads = mountThreads;
    this.tunnel =
        open.apply(
            () -> {
              gone.accept(this);
              // What it cancels may take its time, and this is a thread of the connections.
              Thread.ofVirtual().name("session-end").start(ended::cancel);
            });
    this.credentials = new ClientCredentials(this, authority);
    Thread.ofVirtual()
        .name("session-health")
        .start(
            new HealthCheck(
                tunnel.channel(),
                HealthCheck.Pace.of(headers.healthTimeout()),
                ended,
                this::close));
  }

  StreamObserver<BytesMessage> incoming() {
    return tunnel.incoming();
  }

  Channel channel() {
    return tunnel.channel();
  }

  SessionHeaders headers() {
    return headers;
  }

  @Override
  public String id() {
    return headers.id();
  }

  @Override
  public Cancellation ended() {
    return ended;
  }

  @Override
  public boolean offers(String method) {
    return headers.offers(method);
  }

  @Override
  public LocalFiles locals() {
    return new ClientFolders(this, folders);
  }

  @Override
  public Credentials credentials() {
    return credentials;
  }

  @Override
  public Secrets secrets() {
    return new ClientSecrets(this);
  }

  @Override
  public SshAgents ssh() {
    return new ClientAgents(this);
  }

  @Override
  public ContentStore contents(String store) {
    return new ClientContents(this, store);
  }

  @Override
  public ClientOutput output(int exporter) {
    return new TunnelOutput(this, mountThreads, exporter);
  }

  @Override
  public CheckPolicyResponse checkPolicy(CheckPolicyRequest request) throws IOException {
    try {
      return PolicyVerifierGrpc.newBlockingStub(tunnel.channel())
          .withDeadlineAfter(POLICY_PATIENCE)
          .checkPolicy(request);
    } catch (StatusRuntimeException e) {
      throw CallException.of("policy for " + request.getSource().getSource().getIdentifier(), e);
    }
  }

  @Override
  public FindExportersResponse findExporters(FindExportersRequest request) throws IOException {
    try {
      return ExporterGrpc.newBlockingStub(tunnel.channel())
          .withDeadlineAfter(EXPORTER_PATIENCE)
          .findExporters(request);
    } catch (StatusRuntimeException e) {
      if (isNotServed(e)) {
        return FindExportersResponse.getDefaultInstance();
      }
      throw CallException.of("exporters of the client", e);
    }
  }

  @Override
  public void finalizeExport(FinalizeExportRequest request) throws IOException {
    try {
      var _ =
          ExporterGrpc.newBlockingStub(tunnel.channel())
              .withDeadlineAfter(EXPORTER_PATIENCE)
              .finalizeExport(request);
    } catch (StatusRuntimeException e) {
      if (!isNotServed(e)) {
        throw CallException.of("end of the export by the client", e);
      }
    }
  }

  /** A client that serves the questions, but has no answer of its own, says it is unavailable. */
  private boolean isNotServed(StatusRuntimeException e) {
    Status.Code code = e.getStatus().getCode();
    return code == Status.Code.UNIMPLEMENTED
        || (code == Status.Code.UNAVAILABLE && !ended.isCancelled());
  }

  @Override
  public InputStream upload(String path) throws IOException {
    return ClientUpload.open(this, path);
  }

  /** Ends the session; what its client lends fails from now on. */
  @Override
  public void close() {
    tunnel.close();
  }
}
