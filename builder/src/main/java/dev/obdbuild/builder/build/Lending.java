package dev.obdbuild.builder.build;

import dev.obdbuild.builder.cache.LocalStores;
import dev.obdbuild.builder.session.ClientSession;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.snapshots.Lease;
import dev.obdbuild.worker.WorkerSession;
import java.util.Optional;

/**
 * What one build has to work with: what its client lends it, as the worker takes it, and the
 * registry reached with the client's logins. Borrowed: whoever made it closes it.
 *
 * @param session empty for a build that nobody stays connected for
 * @param stores folders that hold caches
 */
public record Lending(
    Optional<ClientSession> session,
    RegistryClient registry,
    WorkerSession worker,
    LocalStores stores) {

  /** The client's id; empty where there is none. */
  String sessionId() {
    return session.map(ClientSession::id).orElse("");
  }

  /** Keeps all that the build yields. */
  public Lease lease() {
    return worker.lease();
  }
}
