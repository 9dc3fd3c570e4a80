package dev.obdbuild.backstore.device;

import dev.obdbuild.backstore.tcmu.ScsiDisk;
import java.io.IOException;
import java.nio.file.Path;

/** A SCSI disk whose commands a {@link TcmuServer} carries out. */
final class TcmuExport implements ExportedDevice {
  private final ScsiDisk disk;
  private final int sectorSize;
  private final TcmuServer server;
  private final Undo undo;

  TcmuExport(ScsiDisk disk, int sectorSize, TcmuServer server, Undo undo) {
    this.disk = disk;
    this.sectorSize = sectorSize;
    this.server = server;
    this.undo = undo;
  }

  @Override
  public Path node() {
    return disk.node().path();
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
    return node() + " by TCMU";
  }
}
