package dev.obdbuild.oci.registry;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Repository;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Images of which a short while ago all blobs were in a repository. As long as the repository still
 * has the manifest, no registry that keeps its promises has dropped one of them since. Those seen
 * longest ago go when there are many. Thread-safe.
 */
final class WholeImages {

  /** How long it is believed. Soon after, a push looks again, and mends what somebody deleted. */
  static final Duration BELIEVED = Duration.ofMinutes(5);

  static final int MOST = 1000;

  private final Map<Key, Long> seen = new LinkedHashMap<>();
  private final LongSupplier nanoTime;

  private record Key(Repository repository, Digest root) {}

  /** Nothing is known yet. */
  WholeImages(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Notes that all blobs of an image, and the manifests that its root names, are there now. */
  synchronized void add(Repository repository, Digest root) {
    Key key = new Key(repository, root);
    seen.remove(key);
    seen.put(key, nanoTime.getAsLong());
    if (seen.size() > MOST) {
      Iterator<Key> oldest = seen.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }

  /** Whether that was noted within {@link #BELIEVED}. */
  synchronized boolean has(Repository repository, Digest root) {
    Long when = seen.get(new Key(repository, root));
    return when != null && nanoTime.getAsLong() - when < BELIEVED.toNanos();
  }
}
