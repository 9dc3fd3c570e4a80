package dev.obdbuild.backstore.serve;

import dev.obdbuild.backstore.device.DeviceChoice;
import dev.obdbuild.backstore.device.DeviceExporter;
import dev.obdbuild.backstore.device.FuseLoopExporter;
import dev.obdbuild.backstore.device.TcmuExporter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** How this host makes block devices: by the choice made, or the best that its kernel offers. */
public final class HostDevices {
  private final DeviceChoice choice;
  private final Optional<Path> backstore;
  private volatile String told = "no devices yet";

  /**
   * @param backstore socket of the process that is to make them; the choice is its own then
   */
  public HostDevices(DeviceChoice choice, Optional<Path> backstore) {
    this.choice = choice;
    this.backstore = backstore;
  }

  /**
   * Opens an exporter of devices.
   *
   * @param folder for its files, of this process alone
   * @throws IOException when what was chosen cannot be had here; says what the kernel lacks
   */
  public DeviceExporter open(Path folder) throws IOException {
    if (backstore.isPresent()) {
      told = "devices are made by the backstore at unix://" + backstore.get();
      return new RemoteExporter(folder, backstore.get(), RemoteExporter.PATIENCE);
    }
    if (choice == DeviceChoice.FUSE) {
      told = "devices are made by fuse, as chosen";
      return new FuseLoopExporter(folder);
    }
    Optional<String> lacking = TcmuExporter.lacking();
    if (lacking.isEmpty()) {
      told = "devices are made by tcmu";
      return new TcmuExporter(folder);
    }
    if (choice == DeviceChoice.TCMU) {
      throw new IOException("--device tcmu cannot be had on this host: " + lacking.get());
    }
    told = "devices are made by fuse, since there is no tcmu: " + lacking.get();
    return new FuseLoopExporter(folder);
  }

  /** What became of the choice, in words. */
  @Override
  public String toString() {
    return told;
  }
}
