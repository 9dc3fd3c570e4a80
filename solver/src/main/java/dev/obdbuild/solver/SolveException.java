package dev.obdbuild.solver;

import dev.obdbuild.llb.Vertex;
import java.io.IOException;

/** A vertex failed. The message is for the user; the cause is what the operation threw. */
public final class SolveException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient Vertex vertex;

  SolveException(String message, Vertex vertex, Throwable cause) {
    super(message, cause);
    this.vertex = vertex;
  }

  /**
   * The vertex that failed: its digest, its name, and the places of the source it was made from
   * ({@link dev.obdbuild.llb.VertexMetadata#locations}).
   */
  public Vertex vertex() {
    return vertex;
  }
}
