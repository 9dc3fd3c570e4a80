package dev.obdbuild.builder.config;

import dev.obdbuild.backstore.device.DeviceChoice;
import dev.obdbuild.oci.image.LayerFormat;
import dev.obdbuild.snapshots.fs.NewFilesystem;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where and how this host keeps and runs things.
 *
 * @param root the state folder; several processes may share it
 * @param runtime {@code auto}, {@code crun} or {@code runc}
 * @param filesystem what new filesystems are, from 64 MiB to 16 TiB
 * @param layers how new layers are stored; empty for the default
 */
public record HostOptions(
    Path root,
    DeviceChoice device,
    String runtime,
    NewFilesystem filesystem,
    Optional<LayerFormat> layers) {

  public static final Path DEFAULT_ROOT = Path.of("/var/lib/obd-build");

  /** What new filesystems are where nothing is said. */
  public static final NewFilesystem DEFAULT_FILESYSTEM =
      NewFilesystem.of(NewFilesystem.DEFAULT_BYTES);

  private static final long SMALLEST_FS = 64L << 20;
  private static final long LARGEST_FS = 16L << 40;

  /** A state folder with everything else as usual. */
  public static HostOptions of(Path root) {
    return new HostOptions(root, DeviceChoice.AUTO, "auto", DEFAULT_FILESYSTEM, Optional.empty());
  }

  public HostOptions {
    long bytes = filesystem.bytes();
    if (bytes < SMALLEST_FS || bytes > LARGEST_FS) {
      throw new IllegalArgumentException(
          "--fs-size " + bytes + ": must be a multiple of 4096 from 64 MiB to 16 TiB");
    }
  }
}
