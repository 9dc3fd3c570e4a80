package dev.obdbuild.pusher.output;

import dev.obdbuild.oci.image.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The annotations that an image is to have: {@code annotation.K}, {@code annotation-manifest.K},
 * {@code annotation-manifest[linux/amd64].K}, {@code annotation-manifest-descriptor.K}, {@code
 * annotation-index.K}, {@code annotation-index-descriptor.K}.
 */
public record AnnotationSet(List<Annotation> annotations) {

  private static final Pattern KEY =
      Pattern.compile("annotation(?:-([a-z-]+))?(?:\\[([A-Za-z0-9_/-]+)])?\\.(\\S+)");

  /** No annotations. */
  public static final AnnotationSet NONE = new AnnotationSet(List.of());

  /** What an annotation is put on. */
  public enum Target {
    INDEX,
    INDEX_DESCRIPTOR,
    MANIFEST,
    MANIFEST_DESCRIPTOR
  }

  /**
   * One annotation.
   *
   * @param platform the only platform whose manifest gets it; empty for all
   */
  public record Annotation(Target target, Optional<Platform> platform, String key, String value) {}

  public AnnotationSet {
    annotations = List.copyOf(annotations);
  }

  /** Whether an attribute or a key of a result's metadata is an annotation, be it a wrong one. */
  public static boolean isKey(String attribute) {
    return KEY.matcher(attribute).matches();
  }

  /**
   * The annotations among some attributes, or among the metadata of a result.
   *
   * @throws IllegalArgumentException naming a key that has an unknown type or platform
   */
  public static AnnotationSet of(Map<String, String> attributes) {
    List<Annotation> found = new ArrayList<>();
    new TreeMap<>(attributes)
        .forEach(
            (key, value) -> {
              Matcher matcher = KEY.matcher(key);
              if (matcher.matches()) {
                found.add(annotation(matcher, value));
              }
            });
    return new AnnotationSet(found);
  }

  private static Annotation annotation(Matcher matcher, String value) {
    String type = Optional.ofNullable(matcher.group(1)).orElse("manifest");
    Target target =
        switch (type) {
          case "index" -> Target.INDEX;
          case "index-descriptor" -> Target.INDEX_DESCRIPTOR;
          case "manifest" -> Target.MANIFEST;
          case "manifest-descriptor" -> Target.MANIFEST_DESCRIPTOR;
          default ->
              throw new IllegalArgumentException(
                  "unrecognized annotation type " + type + " in " + matcher.group());
        };
    return new Annotation(
        target,
        Optional.ofNullable(matcher.group(2)).map(text -> platform(matcher.group(), text)),
        matcher.group(3),
        value);
  }

  private static Platform platform(String key, String text) {
    try {
      return Platform.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
    }
  }

  /** Those of the index, or of its descriptor. */
  public Map<String, String> of(Target target) {
    return collect(target, Optional.empty(), true);
  }

  /** Those of one platform's manifest, or of its descriptor: the general ones and its own. */
  public Map<String, String> of(Target target, Platform platform) {
    return collect(target, Optional.of(platform.normalised()), false);
  }

  private Map<String, String> collect(Target target, Optional<Platform> platform, boolean all) {
    Map<String, String> found = new TreeMap<>();
    annotations.stream()
        .filter(a -> a.target == target && (all || a.platform.isEmpty()))
        .forEach(a -> found.put(a.key, a.value));
    annotations.stream()
        .filter(a -> a.target == target && !all && a.platform.isPresent())
        .filter(a -> a.platform.equals(platform))
        .forEach(a -> found.put(a.key, a.value));
    return found;
  }

  /**
   * Checks that the image has what the annotations are for.
   *
   * @param ociTypes Docker's documents have no annotations but those of manifests
   * @throws IllegalArgumentException if not
   */
  public void check(List<Platform> platforms, boolean index, boolean ociTypes) {
    List<Platform> normal = platforms.stream().map(Platform::normalised).toList();
    for (Annotation annotation : annotations) {
      annotation
          .platform
          .filter(p -> !normal.contains(p))
          .ifPresent(
              p -> {
                throw new IllegalArgumentException(
                    "invalid annotation " + annotation.key + ": no platform " + p + " in result");
              });
      if (!ociTypes && annotation.target != Target.MANIFEST) {
        throw new IllegalArgumentException(
            "cannot export annotation " + annotation.key + " with \"oci-mediatypes=false\"");
      }
      boolean ofIndex =
          annotation.target == Target.INDEX || annotation.target == Target.INDEX_DESCRIPTOR;
      if (!index && ofIndex) {
        throw new IllegalArgumentException(
            "index annotations not supported for single platform export: " + annotation.key);
      }
    }
  }
}
