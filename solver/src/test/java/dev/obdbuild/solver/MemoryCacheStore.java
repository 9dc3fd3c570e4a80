package dev.obdbuild.solver;

import dev.obdbuild.oci.image.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A store that forgets everything with its process. */
final class MemoryCacheStore implements CacheStore {

  final Map<Digest, List<String>> results = new ConcurrentHashMap<>();
  final Map<Digest, Digest> aliases = new ConcurrentHashMap<>();

  @Override
  public Optional<List<String>> find(Digest key) {
    return Optional.ofNullable(results.get(key));
  }

  @Override
  public void save(Digest key, List<String> resultIds, Instant created) {
    results.put(key, List.copyOf(resultIds));
  }

  @Override
  public void remove(Digest key, List<String> resultIds) {
    results.remove(key, resultIds);
  }

  @Override
  public Optional<Digest> alias(Digest fast) {
    return Optional.ofNullable(aliases.get(fast));
  }

  @Override
  public void saveAlias(Digest fast, Digest canonical) {
    aliases.put(fast, canonical);
  }

  @Override
  public void prune(Instant before) {
    results.clear();
    aliases.clear();
  }

  @Override
  public void close() {}
}
