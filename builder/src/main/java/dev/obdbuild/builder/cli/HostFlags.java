package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.config.ByteSize;
import dev.obdbuild.builder.config.DeviceChoice;
import dev.obdbuild.builder.config.HostOptions;
import dev.obdbuild.oci.image.LayerFormat;
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
      names = "--fs-size",
      paramLabel = "SIZE",
      description = "Virtual size of a new filesystem (default 64g; takes no space by itself).")
  private String fsSize = "64g";

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
    return new HostOptions(
        root.root(),
        device,
        runtime.name().toLowerCase(Locale.ROOT),
        ByteSize.parse(fsSize),
        compression.equals("auto")
            ? Optional.empty()
            : Optional.of(LayerFormat.parse(compression)));
  }
}
