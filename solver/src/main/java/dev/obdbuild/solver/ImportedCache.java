package dev.obdbuild.solver;

import dev.obdbuild.oci.image.Digest;
import java.util.List;
import java.util.Optional;

/**
 * Results that builds elsewhere made. Asked where the own cache does not know a key; what it yields
 * is then saved in the own cache. Thread-safe. It never fails a solve: what cannot be had is empty.
 *
 * @param <R> what vertices yield
 */
public interface ImportedCache<R> {

  /**
   * A vertex's results.
   *
   * @param results one for each output
   * @param contents digests that were computed of these very results
   */
  record Imported<R>(List<R> results, List<CachedContent> contents) {
    public Imported {
      results = List.copyOf(results);
      contents = List.copyOf(contents);
    }
  }

  /** One that knows nothing. */
  static <R> ImportedCache<R> none() {
    return new ImportedCache<>() {
      @Override
      public Optional<Digest> content(Digest vertex, Digest contentKey) {
        return Optional.empty();
      }

      @Override
      public boolean marked(Digest marker) {
        return false;
      }

      @Override
      public Optional<Imported<R>> results(Digest vertex, OpContext context) {
        return Optional.empty();
      }
    };
  }

  /**
   * What a part of a vertex's result holds, known although the result itself need not be.
   *
   * @param vertex key of the vertex
   * @param contentKey as in {@link CachedContent#key}
   */
  Optional<Digest> content(Digest vertex, Digest contentKey);

  /**
   * Whether an operation was carried out over certain by-key inputs, so that something may be known
   * of it or of what stands on it.
   */
  boolean marked(Digest marker);

  /** The results of a vertex by its key, if they can be had. */
  Optional<Imported<R>> results(Digest vertex, OpContext context);
}
