package dev.obdbuild.backstore.device;

import java.io.IOException;
import java.nio.file.Path;

/** An exported device that is another one, which it closes with itself. */
public abstract class WrappedExport implements ExportedDevice {
  private final ExportedDevice device;

  /**
   * @param device what is asked
   */
  protected WrappedExport(ExportedDevice device) {
    this.device = device;
  }

  @Override
  public Path node() {
    return device.node();
  }

  @Override
  public int sectorSize() {
    return device.sectorSize();
  }

  @Override
  public void abort() throws IOException {
    device.abort();
  }

  @Override
  public void close() throws IOException {
    device.close();
  }

  @Override
  public String toString() {
    return device.toString();
  }
}
