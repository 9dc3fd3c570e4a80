package dev.obdbuild.worker.cachemount;

import dev.obdbuild.linux.sys.Closing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A folder in use. Closing it lets others have it. */
public final class FolderUse implements AutoCloseable {
  private final Path folder;
  private final Optional<LayeredFolders.Using> device;
  private final Closing all;

  FolderUse(Path folder, Optional<LayeredFolders.Using> device, Closing all) {
    this.folder = folder;
    this.device = device;
    this.all = all;
  }

  /** Absolute path on the host. It may lie on a device that this process serves. */
  public Path folder() {
    return folder;
  }

  /** Lets all that hangs on its device end, unless others use it as well. */
  public void failDevice() {
    device.ifPresent(LayeredFolders.Using::fail);
  }

  /** The first read or write of its device that failed. */
  public Optional<IOException> deviceFailure() {
    return device.flatMap(LayeredFolders.Using::failure);
  }

  /**
   * Lets others use it.
   *
   * @throws IOException when what was written to a device could not be kept
   */
  @Override
  public void close() throws IOException {
    try {
      all.close();
    } catch (IOException e) {
      throw new IOException("cache mount " + folder + ": " + e.getMessage(), e);
    }
  }
}
