package dev.obdbuild.llb;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Platform;
import java.util.List;
import java.util.Optional;

/**
 * One operation of a graph. Two vertices are equal when their digests and what is said of them are.
 *
 * @param digest sha256 of {@code marshalled}
 * @param marshalled the {@code pb.Op} message, byte for byte; owned by the record: do not change it
 * @param platform the platform the operation is for, empty where it does not matter
 */
@SuppressWarnings("ArrayRecordComponent")
public record Vertex(
    Digest digest,
    byte[] marshalled,
    Op op,
    List<Input> inputs,
    Optional<Platform> platform,
    VertexMetadata meta) {

  public Vertex {
    inputs = List.copyOf(inputs);
  }

  /**
   * A vertex with its marshalled form and digest.
   *
   * @throws IllegalArgumentException if the operation uses inputs that are not there
   */
  public static Vertex of(
      Op op, List<Input> inputs, Optional<Platform> platform, VertexMetadata meta) {
    OpCheck.check(op, inputs.size());
    byte[] bytes = OpWriter.marshal(op, inputs, platform);
    return new Vertex(Digest.sha256(bytes), bytes, op, inputs, platform, meta);
  }

  /** This vertex with other things said of it. */
  public Vertex withMeta(VertexMetadata other) {
    return new Vertex(digest, marshalled, op, inputs, platform, other);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Vertex other && digest.equals(other.digest) && meta.equals(other.meta);
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }

  @Override
  public String toString() {
    return "Vertex[" + digest + " " + meta.customName() + "]";
  }
}
