package dev.obdbuild.backstore.serve;

import dev.obdbuild.backstore.metrics.DeviceNumbers;
import java.util.List;

/** What a server answers. */
public sealed interface Reply {

  /**
   * The device is served.
   *
   * @param connection the kernel's number of its FUSE connection, by which anybody can abort it; 0
   *     if it is a TCMU device
   */
  record Exported(String node, int connection) implements Reply {}

  /** It is done. */
  record Done() implements Reply {}

  /** The device has failed; a message. */
  record Failed(String reason) implements Reply {}

  /** It cannot be done; a message. */
  record Refused(String reason) implements Reply {}

  /**
   * Numbers of devices.
   *
   * @param fetched bytes of layers that came from registries since the server began, for whomever
   */
  record Numbers(long fetched, List<DeviceNumbers> devices) implements Reply {
    public Numbers {
      devices = List.copyOf(devices);
    }
  }
}
