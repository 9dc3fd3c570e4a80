package dev.obdbuild.backstore.metrics;

import dev.obdbuild.backstore.audit.AuditLog;
import dev.obdbuild.backstore.audit.AuditedDevice;
import dev.obdbuild.backstore.device.BlockDevice;
import dev.obdbuild.backstore.device.ExportedDevice;
import dev.obdbuild.backstore.device.StackDevice;
import dev.obdbuild.backstore.device.WrappedDevice;
import dev.obdbuild.backstore.device.WrappedExport;
import dev.obdbuild.backstore.metrics.LiveDevices.Live;
import dev.obdbuild.backstore.remote.Fetched;
import dev.obdbuild.overlaybd.lsmt.Layer;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Counts what is asked of devices, lists them while they are exported, and writes down slow reads.
 */
public final class Metering {
  private final LiveDevices devices;
  private final Function<List<Layer>, Fetched> sources;
  private final Optional<AuditLog> audit;

  /**
   * @param devices where the exported ones are listed
   * @param sources tells how much of layers came from registries
   * @param audit borrowed
   */
  public Metering(
      LiveDevices devices, Function<List<Layer>, Fetched> sources, Optional<AuditLog> audit) {
    this.devices = devices;
    this.sources = sources;
    this.audit = audit;
  }

  /** A device that is about to be exported under a name. */
  public Metered metered(BlockDevice device, String name) {
    return new Metered(device, name);
  }

  /** One device. */
  public final class Metered {
    private final Optional<AuditedDevice> audited;
    private final List<Layer> layers;
    private final DeviceMeter meter = new DeviceMeter();
    private final BlockDevice metered;

    private Metered(BlockDevice device, String name) {
      Optional<StackDevice> layered = WrappedDevice.layered(device);
      audited =
          layered.flatMap(
              stack -> audit.map(log -> new AuditedDevice(device, name, stack::base, log)));
      layers = layered.map(stack -> stack.base().layers()).orElse(List.of());
      metered =
          new MeteredDevice(
              audited.<BlockDevice>map(a -> a).orElse(device), meter, devices.total());
    }

    /** What is to be exported; closing it closes the device. */
    public BlockDevice device() {
      return metered;
    }

    /** The exported device, which is on the list until it is closed. */
    public ExportedDevice listed(ExportedDevice exported, boolean readOnly) {
      audited.ifPresent(known -> known.named(exported.node()));
      Live live =
          new Live(
              exported.node(),
              !readOnly,
              metered.size(),
              layers.stream().mapToLong(layer -> layer.data().size()).sum(),
              meter,
              () -> sources.apply(layers));
      devices.add(live);
      return new Listed(exported, live, devices);
    }
  }

  private static final class Listed extends WrappedExport {
    private final Live live;
    private final LiveDevices devices;

    Listed(ExportedDevice device, Live live, LiveDevices devices) {
      super(device);
      this.live = live;
      this.devices = devices;
    }

    @Override
    public void close() throws IOException {
      devices.remove(live);
      super.close();
    }
  }
}
