package dev.obdbuild.backstore.attach;

import dev.obdbuild.backstore.config.ImageFile;
import dev.obdbuild.backstore.config.ImageSpec;
import dev.obdbuild.backstore.config.LowerSpec;
import dev.obdbuild.backstore.config.ServiceSpec;
import dev.obdbuild.backstore.config.ServiceSpec.MetricsSpec;
import dev.obdbuild.backstore.device.DeviceChoice;
import dev.obdbuild.backstore.device.DeviceExporter;
import dev.obdbuild.backstore.metrics.MetricsServer;
import dev.obdbuild.backstore.serve.HostDevices;
import dev.obdbuild.linux.process.ProcessIdentity;
import dev.obdbuild.linux.sys.Closing;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * An image of a configuration file, served by this process and known to others. Call on platform
 * threads. Closing it takes the device away.
 */
public final class Serving implements AutoCloseable {
  private static final Duration ANNOUNCED_EVERY = Duration.ofSeconds(1);

  private final Closing parts;
  private final Place place;
  private final AttachedImage image;
  private final Path config;
  private final long layerBytes;

  private Serving(Closing parts, Place place, AttachedImage image, Path config, long layerBytes) {
    this.parts = parts;
    this.place = place;
    this.image = image;
    this.config = config;
    this.layerBytes = layerBytes;
  }

  /**
   * Makes the device that {@code config} describes, and tells in its result file how that went.
   *
   * @throws IOException when it cannot be made; nothing is left then
   */
  public static Serving start(
      Path config, ServiceSpec service, DeviceChoice device, Attachments attachments, AttachLog log)
      throws IOException {
    Path absolute = config.toAbsolutePath().normalize();
    ImageFile file = ImageFile.read(absolute);
    ResultFile result = new ResultFile(file.resultFile());
    Closing parts = new Closing();
    try {
      ImageSpec spec = file.spec();
      service.ignored().ifPresent(log::line);
      Place place = parts.add(attachments.claim());
      DeviceExporter exporter = new HostDevices(device, Optional.empty()).open(place.devices());
      if (exporter instanceof AutoCloseable closeable) {
        parts.add(closeable);
      }
      AttachedImage image =
          parts.add(AttachedImage.open(spec, service, absolute.toString(), exporter, log));
      Serving serving = new Serving(parts, place, image, absolute, layerBytes(spec));
      if (service.metrics().isPresent()) {
        showMetrics(service.metrics().get(), image, parts, log);
      }
      serving.announce();
      result.success();
      return serving;
    } catch (IOException | RuntimeException | Error e) {
      parts.closeAfter(e);
      result.failed(e, log);
      throw e;
    }
  }

  /**
   * Tells in the result file of {@code config}, if it can be read, that no device was begun.
   *
   * @param reason for instance a service configuration that makes no sense
   */
  public static void refused(Path config, Throwable reason, AttachLog log) {
    try {
      new ResultFile(ImageFile.read(config).resultFile()).failed(reason, log);
    } catch (IOException e) {
      reason.addSuppressed(e); // there is nobody to tell
    }
  }

  /** Several processes may be told the same port: the first one has it. */
  private static void showMetrics(
      MetricsSpec metrics, AttachedImage image, Closing parts, AttachLog log) {
    try {
      parts.add(
          MetricsServer.start(
              new InetSocketAddress(metrics.port()), metrics.path(), image::metrics));
    } catch (IOException e) {
      log.line(String.valueOf(e.getMessage()));
    }
  }

  private static long layerBytes(ImageSpec spec) {
    long bytes = 0;
    for (LowerSpec lower : spec.filesystem()) {
      Optional<Path> file = lower.files().stream().filter(Files::isRegularFile).findFirst();
      bytes += file.map(found -> found.toFile().length()).orElse(lower.size());
    }
    return bytes;
  }

  private void announce() throws IOException {
    place.announce(
        new Attached(
            ProcessIdentity.self(),
            config,
            image.node(),
            image.isWritable(),
            image.size(),
            layerBytes,
            image.counts()));
  }

  /** The image. */
  public AttachedImage image() {
    return image;
  }

  /** Serves, and tells other processes about it, until {@code end} comes. */
  public void await(CountDownLatch end) throws IOException, InterruptedException {
    AttachedCounts told = image.counts();
    while (!end.await(ANNOUNCED_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
      AttachedCounts now = image.counts();
      if (!now.equals(told)) {
        announce();
        told = now;
      }
    }
  }

  @Override
  public void close() throws IOException {
    parts.close();
  }
}
