package dev.obdbuild.solver;

import dev.obdbuild.oci.image.Digest;
import java.util.List;

/**
 * What the result of an operation depends on.
 *
 * @param operation digest of all that defines the operation itself: no session ids, names or
 *     secrets; references resolved to what they stand for
 * @param inputs how each input counts
 * @param shared whether the result is of use to other solves: it is then stored under its key, and
 *     equal work that runs at the same time is done once. If not, the operation's digest says what
 *     the result holds
 */
public record CacheMap<R>(Digest operation, List<InputKey<R>> inputs, boolean shared) {

  public CacheMap {
    inputs = List.copyOf(inputs);
  }

  /** A shared result. */
  public static <R> CacheMap<R> of(Digest operation, List<InputKey<R>> inputs) {
    return new CacheMap<>(operation, inputs, true);
  }

  /** A result without inputs that only this solve can use. */
  public static <R> CacheMap<R> ofThisSolve(Digest operation) {
    return new CacheMap<>(operation, List.of(), false);
  }
}
