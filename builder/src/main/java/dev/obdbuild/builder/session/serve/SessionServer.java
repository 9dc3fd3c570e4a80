package dev.obdbuild.builder.session.serve;

import dev.obdbuild.builder.session.SessionHeaders;
import dev.obdbuild.builder.session.tunnel.ClientTunnel;
import dev.obdbuild.builder.wire.EventLoops;
import dev.obdbuild.oci.content.ContentStore;
import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.protos.control.ControlGrpc;
import dev.obdbuild.snapshots.mount.MountThreads;
import dev.obdbuild.worker.Secrets;
import dev.obdbuild.worker.SshAgents;
import dev.obdbuild.worker.source.local.LocalFiles;
import io.grpc.BindableService;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** One session with a daemon: serves it what a build may take from this machine, until closed. */
public final class SessionServer implements AutoCloseable {
  private static final int THREADS = 2;

  private final String id;
  private final MountThreads threads = new MountThreads(THREADS);
  private final ClientTunnel tunnel;

  /**
   * What is lent.
   *
   * @param stores by the ids that builds use: {@code local:DIR}, {@code oci:NAME}, {@code export}
   * @param uploads by path, with a slash before it
   * @param outputs by the exporters' numbers
   */
  public record Lent(
      LocalFiles folders,
      Secrets secrets,
      Credentials credentials,
      SshAgents agents,
      Map<String, ContentStore> stores,
      Map<String, InputStream> uploads,
      Map<Integer, OutputTarget> outputs) {}

  /**
   * Opens a session.
   *
   * @param loops borrowed
   * @param daemon borrowed
   * @param sharedKey tells this machine's folders from those of others; may be empty
   */
  public SessionServer(EventLoops loops, Channel daemon, String sharedKey, Lent lent)
      throws IOException {
    this.id = UUID.randomUUID().toString();
    List<ServerServiceDefinition> services = services(lent);
    Metadata headers = new Metadata();
    headers.put(SessionHeaders.ID, id);
    headers.put(SessionHeaders.SHARED_KEY, sharedKey);
    for (ServerServiceDefinition service : services) {
      service
          .getMethods()
          .forEach(
              method ->
                  headers.put(
                      SessionHeaders.METHOD,
                      "/" + method.getMethodDescriptor().getFullMethodName()));
    }
    this.tunnel =
        new ClientTunnel(
            loops,
            services,
            observer ->
                ControlGrpc.newStub(daemon)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                    .session(observer));
  }

  private List<ServerServiceDefinition> services(Lent lent) {
    List<BindableService> all = new ArrayList<>();
    all.add(new HealthService());
    all.add(new FolderService(lent.folders(), threads));
    all.add(new SecretService(lent.secrets()));
    all.add(new AuthService(lent.credentials()));
    all.add(new AgentService(lent.agents()));
    if (!lent.stores().isEmpty()) {
      all.add(new ContentService(lent.stores()));
    }
    if (!lent.uploads().isEmpty()) {
      all.add(new UploadService(lent.uploads()));
    }
    if (!lent.outputs().isEmpty()) {
      all.add(new OutputService(lent.outputs(), threads)::definition);
    }
    return all.stream()
        .map(service -> ServerInterceptors.intercept(service, new CallHeaders()))
        .toList();
  }

  /** The id that a build names this session by. */
  public String id() {
    return id;
  }

  /** Completes when the session has ended; exceptionally when the connection broke. */
  public CompletableFuture<Void> ended() {
    return tunnel.ended();
  }

  /** Ends the session and cuts what is under way. */
  @Override
  public void close() {
    tunnel.close();
    threads.close();
  }
}
