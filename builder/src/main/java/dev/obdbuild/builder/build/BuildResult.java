package dev.obdbuild.builder.build;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a frontend made of a request: one ref or one for each platform, and what is to be said of
 * them. Nothing has been carried out yet.
 *
 * @param ref the result of a build for one platform; empty also for an empty filesystem
 * @param refs by platform id, for a build for several
 * @param metadata such as {@code containerimage.config}, by the names of BuildKit
 * @param attestations statements about the refs, by platform id
 */
public record BuildResult(
    Optional<Ref> ref,
    SortedMap<String, Ref> refs,
    SortedMap<String, byte[]> metadata,
    SortedMap<String, List<ResultAttestation>> attestations) {

  /** Nothing at all: what a client returns that only wanted to ask questions. */
  public static final BuildResult NONE =
      new BuildResult(Optional.empty(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());

  public BuildResult {
    refs = Collections.unmodifiableSortedMap(new TreeMap<>(refs));
    metadata = Collections.unmodifiableSortedMap(new TreeMap<>(metadata));
    attestations = Collections.unmodifiableSortedMap(new TreeMap<>(attestations));
  }

  /** One ref. */
  public static BuildResult of(Ref ref, Map<String, byte[]> metadata) {
    return new BuildResult(
        Optional.of(ref), new TreeMap<>(), new TreeMap<>(metadata), new TreeMap<>());
  }

  /** Words only. */
  public static BuildResult ofMetadata(Map<String, byte[]> metadata) {
    return new BuildResult(
        Optional.empty(), new TreeMap<>(), new TreeMap<>(metadata), new TreeMap<>());
  }

  /** Whether there is nothing to export. */
  public boolean isEmpty() {
    return ref.isEmpty() && refs.isEmpty();
  }
}
