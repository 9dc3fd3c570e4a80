package dev.obdbuild.backstore.metrics;

import dev.obdbuild.backstore.remote.Fetched;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** The exported devices of this process, and what all that ever were have done. Thread-safe. */
public final class LiveDevices {
  private final DeviceMeter total = new DeviceMeter();
  private final List<Live> live = new CopyOnWriteArrayList<>();

  /**
   * One device.
   *
   * @param size of the device in bytes
   * @param layerBytes of the layers below the writable one, decompressed; 0 if there are none
   * @param fetched what came of them from registries, by now
   */
  public record Live(
      Path node,
      boolean writable,
      long size,
      long layerBytes,
      DeviceMeter meter,
      Supplier<Fetched> fetched) {
    private DeviceNumbers numbers() {
      return new DeviceNumbers(node, writable, size, layerBytes, meter.counts(), fetched.get());
    }
  }

  /** Those that are exported now, in the order in which they were. */
  public List<Live> list() {
    return List.copyOf(live);
  }

  /** What those have done by now. */
  public List<DeviceNumbers> numbers() {
    return live.stream().map(Live::numbers).toList();
  }

  /** What all devices have done since the process began. */
  public DeviceMeter total() {
    return total;
  }

  void add(Live device) {
    live.add(device);
  }

  void remove(Live device) {
    live.removeIf(other -> other == device);
  }
}
