package dev.obdbuild.pusher.layout;

import dev.obdbuild.oci.image.Rfc3339;
import dev.obdbuild.pusher.ExportStages;
import dev.obdbuild.pusher.ImageAssembly;
import dev.obdbuild.pusher.ImageTree;
import dev.obdbuild.pusher.PlatformImage;
import dev.obdbuild.pusher.output.LayoutOutput;
import dev.obdbuild.pusher.output.LayoutOutput.Variant;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts an image together for a layout: what the archive and the content store have in common. */
public final class LayoutExport {

  private static final String CREATED = "org.opencontainers.image.created";

  private LayoutExport() {}

  /**
   * Makes the documents of an image; see {@link ImageAssembly#assemble}.
   *
   * @param now the time of the export, where the platforms have no epoch
   * @throws IllegalArgumentException when the options do not fit the image; also for Docker's form
   *     of several platforms, which {@code docker load} does not know
   */
  public static ImageTree assemble(
      List<PlatformImage> platforms,
      boolean multiPlatform,
      LayoutOutput output,
      List<String> names,
      Instant now,
      ExportStages stages)
      throws IOException {
    if (output.variant() == Variant.DOCKER && multiPlatform) {
      throw new IllegalArgumentException(
          "docker exporter does not currently support exporting manifest lists");
    }
    ImageTree image =
        ImageAssembly.assemble(platforms, multiPlatform, output.image(), names, stages).image();
    Optional<Instant> epoch =
        platforms.stream().flatMap(platform -> platform.epoch().stream()).findFirst();
    return dated(image, epoch.orElse(now));
  }

  /**
   * The image with the time of its export on the root's descriptor, as the client's {@code
   * index.json} is to have it, unless an annotation asked for says another.
   */
  public static ImageTree dated(ImageTree image, Instant time) {
    Map<String, String> annotations = new HashMap<>(image.root().annotations());
    annotations.putIfAbsent(CREATED, Rfc3339.format(time.truncatedTo(ChronoUnit.SECONDS)));
    return image.withAnnotations(annotations);
  }
}
