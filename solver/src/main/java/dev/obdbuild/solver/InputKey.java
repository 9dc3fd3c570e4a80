package dev.obdbuild.solver;

/** How an input counts for the key of the vertex that uses it. */
public sealed interface InputKey<R> {

  /** By how it was made: the input's own key. */
  record ByKey<R>() implements InputKey<R> {}

  /**
   * By what it holds, or by a part of that. However the input was made, equal content gives an
   * equal key.
   *
   * @param selector names the part, so that the digest can be remembered; everything that {@code
   *     digests} depends on beside the input is in it
   * @param digests computes the digest
   */
  record ByContent<R>(String selector, ContentDigests<R> digests) implements InputKey<R> {}
}
