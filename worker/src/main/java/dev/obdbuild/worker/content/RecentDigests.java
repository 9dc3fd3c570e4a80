package dev.obdbuild.worker.content;

import dev.obdbuild.oci.image.Digest;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Digests of trees whose state has a name; the least recently used are forgotten. Thread-safe. */
final class RecentDigests {
  private static final int MOST = 256;

  /** What of which tree, see {@link FileTree#state}. */
  record Key(String state, Selection selection) {}

  private final Map<Key, Digest> digests =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Digest> eldest) {
          return size() > MOST;
        }
      };

  synchronized @Nullable Digest find(Key key) {
    return digests.get(key);
  }

  synchronized void put(Key key, Digest digest) {
    digests.put(key, digest);
  }
}
