package dev.obdbuild.backstore.serve;

import dev.obdbuild.backstore.device.DeviceChoice;
import dev.obdbuild.backstore.device.DeviceExporter;
import dev.obdbuild.backstore.device.FuseLoopExporter;
import dev.obdbuild.backstore.device.LastingExporter;
import dev.obdbuild.backstore.device.TcmuExporter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    return tcmu() ? new TcmuExporter(folder) : new FuseLoopExporter(folder);
  }

  /**
   * Opens exporters of devices that outlive this process, the first for new devices; all of them
   * can adopt.
   *
   * @param folder for their files, of one process at a time
   * @param keeping whether devices are to outlive it; those of TCMU always do
   * @throws IOException when what was chosen cannot be had here; says what the kernel lacks
   */
  List<LastingExporter> openLasting(Path folder, boolean keeping) throws IOException {
    boolean tcmu = tcmu();
    List<LastingExporter> opened = new ArrayList<>();
    opened.add(keeping ? FuseLoopExporter.kept(folder) : new FuseLoopExporter(folder));
    if (tcmu || TcmuExporter.lacking().isEmpty()) {
      opened.add(tcmu ? 0 : 1, new TcmuExporter(folder));
    }
    return List.copyOf(opened);
  }

  /** Whether devices are made by TCMU. */
  private boolean tcmu() throws IOException {
    if (choice == DeviceChoice.FUSE) {
      told = "devices are made by fuse, as chosen";
      return false;
    }
    Optional<String> lacking = TcmuExporter.lacking();
    if (lacking.isEmpty()) {
      told = "devices are made by tcmu";
      return true;
    }
    if (choice == DeviceChoice.TCMU) {
      throw new IOException("--device tcmu cannot be had on this host: " + lacking.get());
    }
    told = "devices are made by fuse, since there is no tcmu: " + lacking.get();
    return false;
  }

  /** What became of the choice, in words. */
  @Override
  public String toString() {
    return told;
  }
}
