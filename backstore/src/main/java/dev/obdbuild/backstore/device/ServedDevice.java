package dev.obdbuild.backstore.device;

import java.io.IOException;
import java.nio.file.Path;

/** A node whose requests a server of this process answers. */
final class ServedDevice implements ExportedDevice {
  private final Path node;
  private final int sectorSize;
  private final String by;
  private final Undo.Step abort;
  private final Undo undo;

  /**
   * @param by what serves it, in words
   * @param abort fails every access
   * @param undo takes back all that was made for it
   */
  ServedDevice(Path node, int sectorSize, String by, Undo.Step abort, Undo undo) {
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
    undo.run();
  }

  @Override
  public String toString() {
    return node + " " + by;
  }
}
