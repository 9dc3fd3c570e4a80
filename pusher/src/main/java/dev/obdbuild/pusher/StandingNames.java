package dev.obdbuild.pusher;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.oci.registry.RegistryClient;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Which names stand for an image in their registries already, with all of its manifests: an
 * unchanged image is not put there again. The registries are asked while blobs go up. Used by one
 * thread; closing gives up what is still being asked.
 */
final class StandingNames implements AutoCloseable {

  private final RegistryClient registry;
  private final ImageTree image;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<Reference, Future<Boolean>> asked = new HashMap<>();

  /** Names of an image, over a client that it does not close. */
  StandingNames(RegistryClient registry, ImageTree image) {
    this.registry = registry;
    this.image = image;
  }

  /** Begins to ask for a tag; without one, names are put anew. */
  void ask(Reference name, String tag) {
    asked.computeIfAbsent(name, key -> threads.submit(() -> stands(key.where(), tag)));
  }

  private boolean stands(Repository target, String tag) throws IOException {
    Optional<Digest> tagged = registry.tagged(target, tag);
    if (!tagged.equals(Optional.of(image.root().digest()))) {
      return false;
    }
    for (Document document : image.documents()) {
      Descriptor descriptor = document.descriptor();
      if (document.isManifest()
          && !descriptor.digest().equals(image.root().digest())
          && !registry.manifestExists(target, descriptor.digest())) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether a name stands; waits for the answer. What could not be found out, or was not asked, is
   * put: that tells the failure if there is one.
   */
  boolean stands(Reference name) throws IOException {
    Future<Boolean> answer = asked.get(name);
    if (answer == null) {
      return false;
    }
    try {
      return answer.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException) {
        return false;
      }
      throw new IllegalStateException("asking for " + name + " failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while asking for " + name);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
