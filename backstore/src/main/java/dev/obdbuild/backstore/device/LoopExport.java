package dev.obdbuild.backstore.device;

import dev.obdbuild.linux.loop.LoopDevice;
import java.io.IOException;
import java.nio.file.Path;

/** A loop device over a file that a {@link FuseServer} serves. */
final class LoopExport implements ExportedDevice {
  private final LoopDevice loop;
  private final int sectorSize;
  private final FuseServer server;
  private final Undo undo;

  LoopExport(LoopDevice loop, int sectorSize, FuseServer server, Undo undo) {
    this.loop = loop;
    this.sectorSize = sectorSize;
    this.server = server;
    this.undo = undo;
  }

  @Override
  public Path node() {
    return loop.node();
  }

  @Override
  public int sectorSize() {
    return sectorSize;
  }

  @Override
  public void abort() throws IOException {
    server.abort();
  }

  @Override
  public synchronized void close() throws IOException {
    undo.run();
  }

  @Override
  public String toString() {
    return node() + " served at " + server.file();
  }
}
