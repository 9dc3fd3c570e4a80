package dev.obdbuild.oci.registry;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Repository;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Small blobs that were read and verified before: a build that is repeated asks for the config of
 * its base each time. Those used longest ago go when all take more than a megabyte. Thread-safe.
 */
final class KnownBlobs {

  private static final long MOST_BYTES = 1 << 20;

  private final Map<Key, byte[]> blobs = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  private record Key(Repository repository, Digest digest) {}

  /** A copy of the blob that was put. */
  synchronized Optional<byte[]> find(Repository repository, Digest digest) {
    return Optional.ofNullable(blobs.get(new Key(repository, digest))).map(byte[]::clone);
  }

  /** Keeps a copy of a blob, unless it is too large to be kept beside any other. */
  synchronized void put(Repository repository, Digest digest, byte[] blob) {
    if (blob.length > MOST_BYTES / 2) {
      return;
    }
    byte[] replaced = blobs.put(new Key(repository, digest), blob.clone());
    bytes += blob.length - (replaced == null ? 0 : replaced.length);
    for (Iterator<byte[]> oldest = blobs.values().iterator(); bytes > MOST_BYTES; ) {
      bytes -= oldest.next().length;
      oldest.remove();
    }
  }
}
