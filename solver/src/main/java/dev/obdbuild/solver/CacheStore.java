package dev.obdbuild.solver;

import dev.obdbuild.oci.image.Digest;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Remembers which results belong to which key. Holds ids only; the results are elsewhere and may be
 * gone. Thread-safe; several processes may use one at the same time. An answer that was given
 * survives the end of the process.
 */
public interface CacheStore extends AutoCloseable {

  /** The ids saved last under a key, one for each output. */
  Optional<List<String>> find(Digest key) throws IOException;

  /** Saves ids under a key, in place of what was there. */
  void save(Digest key, List<String> resultIds, Instant created) throws IOException;

  /** Forgets a key if it still has these ids. */
  void remove(Digest key, List<String> resultIds) throws IOException;

  /** The digest that another one stands for. */
  Optional<Digest> alias(Digest fast) throws IOException;

  /** Lets a digest stand for another, in place of what it stood for. */
  void saveAlias(Digest fast, Digest canonical) throws IOException;

  /** Forgets every alias and every key saved before a time. */
  void prune(Instant before) throws IOException;

  @Override
  void close() throws IOException;
}
