package dev.obdbuild.builder.config;

import dev.obdbuild.oci.image.LayerFormat;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where and how this host keeps and runs things.
 *
 * @param root the state folder; several processes may share it
 * @param runtime {@code auto}, {@code crun} or {@code runc}
 * @param fsSize virtual size of new filesystems, in bytes
 * @param layers how new layers are stored; empty for the default
 */
public record HostOptions(
    Path root, DeviceChoice device, String runtime, long fsSize, Optional<LayerFormat> layers) {

  public static final Path DEFAULT_ROOT = Path.of("/var/lib/obd-build");
  public static final long DEFAULT_FS_SIZE = 64L << 30;
  private static final long SMALLEST_FS = 64L << 20;
  private static final long LARGEST_FS = 16L << 40;

  /** A state folder with everything else as usual. */
  public static HostOptions of(Path root) {
    return new HostOptions(root, DeviceChoice.AUTO, "auto", DEFAULT_FS_SIZE, Optional.empty());
  }

  public HostOptions {
    if (fsSize < SMALLEST_FS || fsSize > LARGEST_FS || fsSize % 4096 != 0) {
      throw new IllegalArgumentException(
          "--fs-size " + fsSize + ": must be a multiple of 4096 from 64 MiB to 16 TiB");
    }
  }
}
