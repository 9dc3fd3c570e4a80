package dev.obdbuild.backstore.device;

import dev.obdbuild.linux.sys.Closing;
import java.io.IOException;
import java.nio.file.Path;

/** A node whose requests a server of this process answers. */
final class ServedDevice implements ExportedDevice {
  private final Path node;
  private final int sectorSize;
  private final String by;
  private final Abort abort;
  private final Closing undo;

  /** Fails every access to the node. */
  @FunctionalInterface
  interface Abort {
    void run() throws IOException;
  }

  /**
   * @param by what serves it, in words
   * @param abort fails every access
   * @param undo takes back all that was made for it
   */
  ServedDevice(Path node, int sectorSize, String by, Abort abort, Closing undo) {
    this.node = node;
    this.sectorSize = sectorSize;
    this.by = by;
    this.abort = abort;
    this.undo = undo;
  }

  @Override
  public Path node() {
    return node;
  }

  @Override
  public int sectorSize() {
    return sectorSize;
  }

  @Override
  public void abort() throws IOException {
    abort.run();
  }

  @Override
  public synchronized void close() throws IOException {
    undo.close();
  }

  @Override
  public String toString() {
    return node + " " + by;
  }
}
