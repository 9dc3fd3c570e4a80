package dev.obdbuild.backstore.device;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A block device node that is served. Thread-safe; call on platform threads. Does not own its
 * {@link BlockDevice}.
 */
public interface ExportedDevice extends AutoCloseable {

  /** The node, such as /dev/loop3. */
  Path node();

  /** Logical sector size of the node in bytes. */
  int sectorSize();

  /**
   * Fails every access that waits and every later one, at once and for good. For a device whose
   * user must be got rid of; {@link #close} is still needed.
   */
  void abort() throws IOException;

  /**
   * Takes the node away and frees all that was made for it, whoever uses it; more than once is
   * harmless. Returns when no request is under way any more.
   *
   * @throws IOException when somebody still used the node (it then fails every access), or when
   *     something could not be undone; names it
   */
  @Override
  void close() throws IOException;
}
