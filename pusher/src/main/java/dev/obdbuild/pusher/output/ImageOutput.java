package dev.obdbuild.pusher.output;

import dev.obdbuild.oci.image.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An image that is pushed, kept in the daemon's store, or both.
 *
 * @param insecure whether the registry may speak plain HTTP or have any certificate
 * @param unpack accepted: an overlaybd image needs no unpacking
 * @param nameCanonical whether the store also knows it as {@code name@digest}
 * @param danglingPrefix name that it gets as {@code prefix@digest}
 * @param danglingOnly whether it gets that one only when it has no other
 */
public record ImageOutput(
    ImageOptions image,
    boolean push,
    boolean pushByDigest,
    boolean insecure,
    boolean store,
    boolean unpack,
    boolean nameCanonical,
    Optional<String> danglingPrefix,
    boolean danglingOnly,
    Map<String, String> metadata)
    implements Output {

  public ImageOutput {
    metadata = Map.copyOf(metadata);
  }

  static ImageOutput take(Attributes attributes, LayerChoice preset) {
    return new ImageOutput(
        ImageOptions.take(attributes, preset, true),
        attributes.flag("push", false),
        attributes.flag("push-by-digest", false),
        attributes.flag("registry.insecure", false),
        attributes.flag("store", true),
        attributes.flag("unpack", false),
        attributes.flag("name-canonical", false),
        attributes.text("dangling-name-prefix").filter(prefix -> !prefix.isEmpty()),
        // BuildKit spells it so.
        attributes.flag("danging-name-empty-only", false),
        attributes.rest());
  }

  /**
   * All names of the image, the dangling one included.
   *
   * @param ofFrontend the result's {@code image.name}
   */
  public List<String> names(Optional<String> ofFrontend, Digest root) {
    List<String> names = new ArrayList<>(image.names(ofFrontend));
    if (danglingPrefix.isPresent() && (names.isEmpty() || !danglingOnly)) {
      names.add(danglingPrefix.get() + "@" + root);
    }
    return names;
  }

  /** The names that the store knows it by: {@link #names} and, if asked for, those with digests. */
  public List<String> storeNames(Optional<String> ofFrontend, Digest root) {
    List<String> stored = new ArrayList<>();
    boolean named = !image.names(ofFrontend).isEmpty();
    for (String name : names(ofFrontend, root)) {
      stored.add(name);
      if (nameCanonical && named && name.indexOf('@') < 0) {
        stored.add(name + "@" + root);
      }
    }
    return stored;
  }

  @Override
  public String title() {
    return "exporting to image";
  }

  @Override
  public EpochChoice epoch() {
    return image.epoch();
  }
}
