package dev.obdbuild.pusher.layout;

import dev.obdbuild.oci.image.Rfc3339;
import dev.obdbuild.pusher.ImageTree;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;

/** What layouts add to an image. */
public final class LayoutExport {

  private static final String CREATED = "org.opencontainers.image.created";

  private LayoutExport() {}

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
