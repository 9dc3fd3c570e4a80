package dev.obdbuild.builder.daemon;

import dev.obdbuild.builder.build.Lending;
import dev.obdbuild.builder.session.ClientSession;
import dev.obdbuild.oci.content.ContentStore;
import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.snapshots.Lease;
import dev.obdbuild.worker.Secrets;
import dev.obdbuild.worker.SshAgents;
import dev.obdbuild.worker.WorkerSession;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.image.BaseImages;
import dev.obdbuild.worker.source.local.LocalRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What one build gets lent: by the client whose session it names, and for single sources by clients
 * of other sessions. Owns the view of the registry that has the client's logins.
 */
final class Lendings implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Services services;
  private final Optional<ClientSession> session;
  private final RegistryClient registry;
  private final Lending lending;

  Lendings(
      Services services, Optional<ClientSession> session, Lease lease, Set<String> entitlements) {
    this.services = services;
    this.session = session;
    this.registry =
        services
            .engine()
            .registry()
            .with(session.map(ClientSession::credentials).orElseGet(Credentials::none));
    this.lending =
        new Lending(
            session,
            registry,
            new WorkerSession(
                lease,
                new BaseImages(registry, services.engine().snapshots()),
                this::open,
                session.map(ClientSession::secrets).orElseGet(Secrets::none),
                session.map(ClientSession::ssh).orElseGet(SshAgents::none),
                this::layout,
                this::upload,
                entitlements),
            this::store);
  }

  Lending lending() {
    return lending;
  }

  private FileTree open(LocalRequest request) throws IOException {
    return owner(request.session().orElse(""), "local folder " + request.name())
        .locals()
        .open(request);
  }

  private ContentStore layout(String id, String store) throws IOException {
    return owner(id, "OCI layout " + store).contents("oci:" + store);
  }

  private ContentStore store(String store) throws IOException {
    return owner("", "cache " + store).contents(store);
  }

  private InputStream upload(String path) throws IOException {
    return owner("", "upload " + path).upload(path);
  }

  private ClientSession owner(String id, String what) throws IOException {
    if (id.isEmpty() || session.map(ClientSession::id).filter(id::equals).isPresent()) {
      return session.orElseThrow(
          () -> new IOException(what + ": the build has no session to read it from"));
    }
    return services.sessions().await(id, PATIENCE);
  }

  @Override
  public void close() {
    registry.close();
  }
}
