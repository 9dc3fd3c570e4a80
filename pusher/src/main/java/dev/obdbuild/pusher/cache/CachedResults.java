package dev.obdbuild.pusher.cache;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.LayerSource;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A key with what is to be remembered of it.
 *
 * @param results one for each output; none at all when only contents are to be remembered
 * @param marker as {@link CacheDocument#markers}
 */
public record CachedResults(
    Digest key,
    List<Chain> results,
    List<CacheDocument.Content> contents,
    Optional<Digest> marker) {

  /**
   * Layers of a result, bottom first.
   *
   * @param created when each was made
   */
  public record Chain(List<LayerSource> layers, List<Instant> created) {
    public Chain {
      layers = List.copyOf(layers);
      created = List.copyOf(created);
    }
  }

  public CachedResults {
    results = List.copyOf(results);
    contents = List.copyOf(contents);
  }
}
