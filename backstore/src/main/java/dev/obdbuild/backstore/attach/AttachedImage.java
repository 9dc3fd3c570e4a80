package dev.obdbuild.backstore.attach;

import dev.obdbuild.backstore.audit.AuditLog;
import dev.obdbuild.backstore.audit.AuditedDevice;
import dev.obdbuild.backstore.cache.CacheMeter;
import dev.obdbuild.backstore.config.ImageSpec;
import dev.obdbuild.backstore.config.ServiceSpec;
import dev.obdbuild.backstore.device.BlockDevice;
import dev.obdbuild.backstore.device.DeviceExporter;
import dev.obdbuild.backstore.device.ExportedDevice;
import dev.obdbuild.backstore.metrics.DeviceMeter;
import dev.obdbuild.backstore.metrics.MetricsPage;
import dev.obdbuild.linux.sys.Closing;
import dev.obdbuild.oci.registry.RegistryActivity;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.WritableLayer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An image that is served as a block device until it is closed. Call on platform threads.
 * Thread-safe.
 */
public final class AttachedImage implements AutoCloseable {
  private final Closing parts;
  private final DeviceMeter counts;
  private final ImageDevice device;
  private final ExportedDevice exported;
  private final Optional<RemoteImage> remote;

  private AttachedImage(
      Closing parts,
      DeviceMeter counts,
      ImageDevice device,
      ExportedDevice exported,
      Optional<RemoteImage> remote) {
    this.parts = parts;
    this.counts = counts;
    this.device = device;
    this.exported = exported;
    this.remote = remote;
  }

  /**
   * Opens every layer and shows the device.
   *
   * @param name of the device in the log and, with other characters than letters, digits, dot, dash
   *     and underscore replaced, of the exporter's files
   * @param exporter borrowed until this is closed
   * @throws IOException when a layer cannot be opened or the device not be made; nothing is left
   */
  public static AttachedImage open(
      ImageSpec image, ServiceSpec service, String name, DeviceExporter exporter, AttachLog log)
      throws IOException {
    Closing parts = new Closing();
    try {
      Optional<RemoteImage> remote = RemoteImage.of(image, service, log);
      remote.ifPresent(parts::add);
      LowerLayers lowers =
          parts.add(LowerLayers.open(image, blob -> remote.orElseThrow().open(blob)));
      Optional<WritableLayer> top = Optional.empty();
      if (image.upper().isPresent()) {
        top = Optional.of(parts.add(UpperLayer.open(image.upper().get())).layer());
      }
      LayerStack stack = stack(lowers);
      if (top.isPresent() && top.get().virtualSize() == 0 && stack.size() > 0) {
        top.get().inheritVirtualSize(stack.size());
      }
      DeviceMeter counts = new DeviceMeter();
      ImageDevice device =
          new ImageDevice(stack, top, remote.isPresent(), counts, new FailureLog(name, log));
      if (device.size() == 0 || device.size() % device.sectorSize() != 0) {
        throw new IOException(
            "no device can be made of " + device.size() + " bytes, the size that the layers state");
      }
      parts.add(device::close);
      AttachedTrace trace =
          parts.add(AttachedTrace.start(image, stack, service.prefetchers(), log));
      BlockDevice shown = trace.on(device, stack);
      Optional<AuditedDevice> audited =
          audit(service, log)
              .map(slow -> new AuditedDevice(shown, name, () -> stack, parts.add(slow)));
      ExportedDevice exported =
          parts.add(
              exporter.export(
                  audited.<BlockDevice>map(a -> a).orElse(shown),
                  name.replaceAll("[^A-Za-z0-9._-]", "_"),
                  image.upper().isEmpty()));
      audited.ifPresent(known -> known.named(exported.node()));
      return new AttachedImage(parts, counts, device, exported, remote);
    } catch (IOException | RuntimeException | Error e) {
      parts.closeAfter(e);
      throw e;
    }
  }

  /** An image is served as well where its slow reads cannot be written down. */
  private static Optional<AuditLog> audit(ServiceSpec service, AttachLog log) {
    if (service.audit().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(AuditLog.open(service.audit().get(), log::line));
    } catch (IOException e) {
      log.line("slow reads are not written down: " + e);
      return Optional.empty();
    }
  }

  private static LayerStack stack(LowerLayers lowers) throws IOException {
    try {
      return LayerStack.of(lowers.layers());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** The block device's node. */
  public Path node() {
    return exported.node();
  }

  /** Whether it takes writes. */
  public boolean isWritable() {
    return device.isWritable();
  }

  /** Size of the device in bytes. */
  public long size() {
    return device.size();
  }

  /** What has been done so far. */
  public AttachedCounts counts() {
    return new AttachedCounts(counts.counts(), fetchedBytes());
  }

  private long fetchedBytes() {
    return remote.map(RemoteImage::fetchedBytes).orElse(0L);
  }

  /** The same and how long reads took, in Prometheus' text form. */
  public String metrics() {
    CacheMeter cache = remote.map(RemoteImage::meter).orElseGet(CacheMeter::new);
    RegistryActivity registries =
        remote.map(RemoteImage::activity).orElse(new RegistryActivity(0, 0, 0, 0, 0));
    return new MetricsPage()
        .gauge("obd_devices", "Devices that are exported.", 1)
        .devices(counts)
        .cache(cache)
        .sources(cache, registries)
        .counter("obd_fetched_bytes_total", "Bytes of layers from registries.", fetchedBytes())
        .gauge(
            "obd_unread_bytes",
            "Bytes fetched that nobody has read yet, in whole blocks.",
            remote.map(RemoteImage::unreadBytes).orElse(0L))
        .original(cache)
        .toString();
  }

  /**
   * Takes the device away, whoever uses it, makes durable what was written, and frees everything.
   *
   * @throws IOException when somebody still used the device, or something could not be undone
   */
  @Override
  public void close() throws IOException {
    parts.close();
  }
}
