package dev.obdbuild.solver;

import dev.obdbuild.oci.image.Digest;

/**
 * A content digest that keys were made of is not that of the result which then had to be made: the
 * operation yields other content each time, and its older result is gone. The keys are wrong.
 */
final class DisprovedContentException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Digest vertexKey;

  DisprovedContentException(Digest vertexKey) {
    super("the result of " + vertexKey + " has other content than was remembered");
    this.vertexKey = vertexKey;
  }

  /** Key of the vertex with other content. */
  Digest vertexKey() {
    return vertexKey;
  }
}
