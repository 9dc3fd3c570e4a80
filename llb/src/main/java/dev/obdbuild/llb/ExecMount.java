package dev.obdbuild.llb;

/**
 * One mount of an {@link ExecOp}.
 *
 * @param input index into the vertex's inputs, or {@link Op#NONE} for an empty filesystem
 * @param selector path inside the input that is mounted, empty for all of it
 * @param dest absolute path in the container
 * @param output index of the vertex's output that this mount becomes, or {@link Op#NONE}. Means
 *     something only for {@link Bind}
 */
public record ExecMount(
    int input,
    String selector,
    String dest,
    int output,
    boolean readOnly,
    Kind kind,
    ContentCache contentCache) {

  /**
   * A mount of a container that is no step of a graph.
   *
   * @throws InvalidGraphException naming what makes no sense
   */
  public static ExecMount fromProto(dev.obdbuild.protos.pb.Mount message)
      throws InvalidGraphException {
    return ExecReader.mount(message);
  }

  /** What is mounted. */
  public sealed interface Kind permits Bind, Cache, Tmpfs, Secret, Ssh {}

  /** The input's filesystem. */
  public record Bind() implements Kind {}

  /** A directory that outlives the build; the input, if any, is what it starts with. */
  public record Cache(String id, Sharing sharing) implements Kind {}

  /** Memory; size in bytes, 0 for the kernel's default. */
  public record Tmpfs(long size) implements Kind {}

  /** A file with a secret. {@code mode} holds permission bits. */
  public record Secret(String id, int uid, int gid, int mode, boolean optional) implements Kind {}

  /** A socket to an ssh agent. {@code mode} holds permission bits. */
  public record Ssh(String id, int uid, int gid, int mode, boolean optional) implements Kind {}

  /** Who may use a cache mount at the same time. */
  public enum Sharing {
    SHARED,
    PRIVATE,
    LOCKED
  }

  /** Whether a read-only mount counts by its content in the cache key. */
  public enum ContentCache {
    DEFAULT,
    ON,
    OFF
  }

  /** A mount of an input's filesystem. */
  public static ExecMount bind(
      int input, String selector, String dest, int output, boolean readOnly) {
    return new ExecMount(input, selector, dest, output, readOnly, new Bind(), ContentCache.DEFAULT);
  }

  /** A mount without an input. */
  public static ExecMount of(Kind kind, String dest) {
    // BuildKit leaves the output of secrets and sockets at 0, where it means nothing; digests
    // count.
    int output = kind instanceof Secret || kind instanceof Ssh ? 0 : Op.NONE;
    return new ExecMount(Op.NONE, "", dest, output, false, kind, ContentCache.DEFAULT);
  }
}
