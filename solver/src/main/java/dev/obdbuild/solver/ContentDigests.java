package dev.obdbuild.solver;

import dev.obdbuild.oci.image.Digest;

/** Computes the digest of what a result, or a part of it, holds. */
@FunctionalInterface
public interface ContentDigests<R> {

  /**
   * The digest of the part that this object stands for.
   *
   * @throws Exception when it cannot be read, or the part is not there
   */
  Digest digest(OpContext context, R result) throws Exception;
}
