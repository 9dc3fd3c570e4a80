package dev.obdbuild.builder.cli;

import dev.obdbuild.backstore.device.DeviceChoice;
import dev.obdbuild.builder.config.ByteSize;
import dev.obdbuild.builder.config.HostOptions;
import dev.obdbuild.oci.image.LayerFormat;
import dev.obdbuild.snapshots.fs.NewFilesystem;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How this host makes devices, containers and layers. */
final class HostFlags {

  @Mixin private RootFlag root = new RootFlag();

  @Option(
      names = "--device",
      paramLabel = "KIND",
      description = "How block devices are made: auto, tcmu or fuse (default auto).")
  private DeviceChoice device = DeviceChoice.AUTO;

  @Option(
      names = "--runtime",
      paramLabel = "NAME",
      description = "What runs containers: auto, crun or runc (default auto: crun if there).")
  private Runtime runtime = Runtime.AUTO;

  @Option(
      names = "--fs",
      paramLabel = "KIND",
      description =
          "New filesystems, of FROM scratch and of converted bases: ext4, xfs or btrfs (default ext4),"
              + " or KIND;MOUNT OPTIONS;MKFS OPTIONS. An overlaybd base keeps its own.")
  private Optional<String> fs = Optional.empty();

  @Option(
      names = "--fs-size",
      paramLabel = "SIZE",
      description =
          "Virtual size of filesystems (default 64g; takes no space by itself). A smaller base is"
              + " grown to it, a larger one refused.")
  private Optional<String> fsSize = Optional.empty();

  @Option(
      names = "--layer-compression",
      paramLabel = "CODEC",
      description =
          "How layers are stored: auto, none, lz4 or zstd, with a block size if wanted: zstd:16K.")
  private String compression = "auto";

  private enum Runtime {
    AUTO,
    CRUN,
    RUNC
  }

  HostOptions options() {
    NewFilesystem filesystem = HostOptions.DEFAULT_FILESYSTEM;
    if (fsSize.isPresent()) {
      filesystem = filesystem.with(ByteSize.parse(fsSize.get()), NewFilesystem.BaseSize.EXACT);
    }
    if (fs.isPresent()) {
      filesystem = filesystem.as(fs.get());
    }
    return new HostOptions(
        root.root(),
        device,
        runtime.name().toLowerCase(Locale.ROOT),
        filesystem,
        compression.equals("auto")
            ? Optional.empty()
            : Optional.of(LayerFormat.parse(compression)));
  }
}
