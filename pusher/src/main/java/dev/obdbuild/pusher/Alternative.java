package dev.obdbuild.pusher;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.OverlaybdAnnotations;
import dev.obdbuild.oci.image.Platform;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The overlaybd image in an index that has an ordinary image for the same platform before it.
 *
 * <p>A runtime takes the first entry that fits its platform, so one that knows nothing of this
 * takes the ordinary image. One that weighs the features that an entry asks its system for does not
 * take the second by chance; one that looks for it knows it by them and by the annotation.
 */
final class Alternative {

  private Alternative() {}

  static Descriptor mark(Descriptor entry) {
    Platform plain = entry.platform().orElseThrow();
    Optional<String> variant = plain.variant();
    Map<String, String> annotations = new LinkedHashMap<>(entry.annotations());
    annotations.put(OverlaybdAnnotations.VERSION, OverlaybdAnnotations.FORMAT_VERSION);
    return entry
        .withAnnotations(annotations)
        .withPlatform(
            new Platform(
                plain.os(),
                plain.architecture(),
                variant,
                plain.osVersion(),
                List.of(OverlaybdAnnotations.FEATURE)));
  }
}
