package dev.obdbuild.solver;

import dev.obdbuild.oci.image.Digest;
import java.util.List;
import java.util.Optional;

/**
 * What is known of a vertex before its result.
 *
 * @param key of the vertex; with an output's index it makes the output's key
 * @param marker for a vertex with content inputs: digest of its operation and its by-key inputs,
 *     kept as an alias of itself as soon as a result was saved for them
 * @param contents what the content inputs counted with
 * @param forced whether it is carried out although its result may be known: it, or an input that
 *     counts by key, was asked to ignore the cache
 */
record VertexKey<R>(
    Op<R> op,
    CacheMap<R> map,
    Digest key,
    Optional<Digest> marker,
    List<ContentUse> contents,
    boolean forced) {

  VertexKey {
    contents = List.copyOf(contents);
  }
}
