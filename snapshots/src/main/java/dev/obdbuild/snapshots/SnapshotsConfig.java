package dev.obdbuild.snapshots;

import dev.obdbuild.backstore.device.DeviceExporter;
import dev.obdbuild.oci.image.LayerFormat;
import dev.obdbuild.snapshots.layer.RemoteBlobs;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What a store needs to know and to be given.
 *
 * @param root the state directory
 * @param exporter makes the exporter of devices
 * @param remote reaches layers in registries
 * @param filesystemBytes size of filesystems that start from nothing, a multiple of 4096
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
    long filesystemBytes,
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

  private static final long DEFAULT_FILESYSTEM = 64L << 30;
  private static final int DEFAULT_WAITING = 4;
  private static final int DEFAULT_IDLE = 8;
  private static final int MOUNT_THREADS_PER_CORE = 4;

  public SnapshotsConfig {
    if (filesystemBytes <= 0 || filesystemBytes % 4096 != 0) {
      throw new IllegalArgumentException("filesystem of " + filesystemBytes + " bytes");
    }
  }

  /** The defaults: 64 GiB filesystems, zstd layers, as many threads as cores. */
  public static SnapshotsConfig of(Path root, ExporterFactory exporter, RemoteBlobs remote) {
    int cores = Runtime.getRuntime().availableProcessors();
    return new SnapshotsConfig(
        root,
        exporter,
        remote,
        DEFAULT_FILESYSTEM,
        LayerFormat.parse("zstd:16K"),
        cores,
        DEFAULT_WAITING,
        DEFAULT_IDLE,
        Math.max(8, MOUNT_THREADS_PER_CORE * cores));
  }

  /** The same with other filesystem size. */
  public SnapshotsConfig withFilesystemBytes(long bytes) {
    return new SnapshotsConfig(
        root,
        exporter,
        remote,
        bytes,
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
        filesystemBytes,
        other,
        sealThreads,
        waitingLayers,
        idleDevices,
        mountThreads);
  }

  /**
   * What layers made under this configuration have in common: part of the identity of converted
   * chains.
   */
  String filesystem() {
    return "ext4 " + filesystemBytes;
  }
}
