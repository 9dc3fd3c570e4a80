package dev.obdbuild.builder.build;

import dev.obdbuild.builder.cache.CacheSource;
import dev.obdbuild.llb.Graph;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is to be turned into refs.
 *
 * @param frontend {@code dockerfile.v0}, {@code gateway.v0}, or empty for a definition
 * @param options by the names of BuildKit's frontends
 * @param definition the graph itself, where there is no frontend
 * @param inputs graphs that the options refer to as {@code input:NAME}
 * @param caches to look into beside the daemon's own
 * @param evaluate whether everything is carried out at once
 */
public record FrontendRequest(
    String frontend,
    SortedMap<String, String> options,
    Optional<Graph> definition,
    SortedMap<String, Graph> inputs,
    List<CacheEntry> caches,
    boolean evaluate) {

  public FrontendRequest {
    options = Collections.unmodifiableSortedMap(new TreeMap<>(options));
    inputs = Collections.unmodifiableSortedMap(new TreeMap<>(inputs));
    caches = List.copyOf(caches);
  }

  /**
   * All caches to look into: those of the request and those that its options name.
   *
   * @throws IllegalArgumentException naming what is wrong with one
   */
  List<CacheSource> sources() {
    Set<CacheSource> sources = new LinkedHashSet<>();
    caches.forEach(cache -> sources.add(CacheSource.parse(cache.type(), cache.attrs())));
    sources.addAll(CacheSource.of(options));
    return List.copyOf(sources);
  }
}
