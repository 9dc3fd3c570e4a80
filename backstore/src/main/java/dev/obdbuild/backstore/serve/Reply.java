package dev.obdbuild.backstore.serve;

/** What a server answers. */
public sealed interface Reply {

  /**
   * The device is served.
   *
   * @param connection the kernel's number of its FUSE connection, by which anybody can abort it
   */
  record Exported(String node, int connection) implements Reply {}

  /** It is done. */
  record Done() implements Reply {}

  /** The device has failed; a message. */
  record Failed(String reason) implements Reply {}

  /** It cannot be done; a message. */
  record Refused(String reason) implements Reply {}
}
