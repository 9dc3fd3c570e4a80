package dev.obdbuild.snapshots;

import dev.obdbuild.backstore.device.DeviceExporter;
import dev.obdbuild.oci.image.LayerFormat;
import dev.obdbuild.snapshots.fs.NewFilesystem;
import dev.obdbuild.snapshots.layer.RemoteBlobs;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What a store needs to know and to be given.
 *
 * @param root the state directory
 * @param exporter makes the exporter of devices
 * @param remote reaches layers in registries
 * @param filesystem what filesystems that start from nothing are
 * @param format what sealed layers are written as
 * @param sealThreads compressing threads of one layer
 * @param waitingLayers layers that may wait for being sealed before commits are held back
 * @param idleDevices devices kept mounted between steps although nobody uses them
 * @param mountThreads platform threads for work on mounts
 */
public record SnapshotsConfig(
    Path root,
    ExporterFactory exporter,
    RemoteBlobs remote,
    NewFilesystem filesystem,
    LayerFormat format,
    int sealThreads,
    int waitingLayers,
    int idleDevices,
    int mountThreads) {
  /** Makes the exporter of devices. */
  @FunctionalInterface
  public interface ExporterFactory {
    /**
     * Called once per opened store, which closes the exporter when it is closeable.
     *
     * @param deviceDirectory where the exporter may make files; what lies and is mounted there is
     *     swept when this process is killed
     */
    DeviceExporter open(Path deviceDirectory) throws IOException;
  }

  private static final int DEFAULT_WAITING = 4;
  private static final int DEFAULT_IDLE = 8;
  private static final int MOUNT_THREADS_PER_CORE = 4;

  /** The defaults: 64 GiB filesystems, zstd layers, as many threads as cores. */
  public static SnapshotsConfig of(Path root, ExporterFactory exporter, RemoteBlobs remote) {
    int cores = Runtime.getRuntime().availableProcessors();
    return new SnapshotsConfig(
        root,
        exporter,
        remote,
        NewFilesystem.of(NewFilesystem.DEFAULT_BYTES),
        LayerFormat.parse("zstd:16K"),
        cores,
        DEFAULT_WAITING,
        DEFAULT_IDLE,
        Math.max(8, MOUNT_THREADS_PER_CORE * cores));
  }

  /** The same with other filesystem size. */
  public SnapshotsConfig withFilesystemBytes(long bytes) {
    return withFilesystem(filesystem.with(bytes, filesystem.bases()));
  }

  /** The same with other new filesystems. */
  public SnapshotsConfig withFilesystem(NewFilesystem other) {
    return new SnapshotsConfig(
        root,
        exporter,
        remote,
        other,
        format,
        sealThreads,
        waitingLayers,
        idleDevices,
        mountThreads);
  }

  /** The same with another layer format. */
  public SnapshotsConfig withFormat(LayerFormat other) {
    return new SnapshotsConfig(
        root,
        exporter,
        remote,
        filesystem,
        other,
        sealThreads,
        waitingLayers,
        idleDevices,
        mountThreads);
  }
}
