package dev.obdbuild.pusher.output;

import dev.obdbuild.oci.image.Reference;
import java.util.List;
import java.util.Optional;

/**
 * What the exporters of images have in common.
 *
 * @param names as given; {@code *} alone stands for the name that the frontend gives
 * @param ociTypes whether documents are of OCI's media types, or of Docker's; an overlaybd image is
 *     OCI's in any case
 * @param ociArtifact whether attestations are artifacts with a subject, or shaped like images
 * @param inlineAttestations whether attestations that are only meant for images in registries are
 *     attached here too
 * @param preferNonDistributable whether layers that must not be distributed keep saying so
 * @param rewriteTimestamp whether the files in layers are dated no later than the epoch
 */
public record ImageOptions(
    List<String> names,
    boolean ociTypes,
    boolean ociArtifact,
    boolean inlineAttestations,
    boolean preferNonDistributable,
    boolean rewriteTimestamp,
    EpochChoice epoch,
    LayerChoice layers,
    AnnotationSet annotations) {

  public ImageOptions {
    names = List.copyOf(names);
  }

  static ImageOptions take(Attributes attributes, LayerChoice preset, boolean inline) {
    LayerChoice layers = LayerChoice.take(attributes, preset);
    Optional<Boolean> oci = attributes.flag("oci-mediatypes");
    boolean ociTypes = layers.worlds() == LayerChoice.Worlds.OVERLAYBD || oci.orElse(true);
    boolean ociArtifact = attributes.flag("oci-artifact", ociTypes);
    if (ociArtifact && !ociTypes) {
      throw new IllegalArgumentException(
          "exporter option \"oci-artifact=true\" conflicts with \"oci-mediatypes=false\"");
    }
    if (layers.worlds() == LayerChoice.Worlds.INDEX && !ociTypes) {
      throw new IllegalArgumentException(
          "exporter option \"format=both-index\" conflicts with \"oci-mediatypes=false\"");
    }
    return new ImageOptions(
        names(attributes.text("name").orElse("")),
        ociTypes,
        ociArtifact,
        attributes.flag("attestation-inline", inline),
        attributes.flag("prefer-nondist-layers", false),
        attributes.flag("rewrite-timestamp", false),
        EpochChoice.take(attributes),
        layers,
        attributes.annotations());
  }

  private static List<String> names(String csv) {
    if (csv.isEmpty() || csv.equals("*")) {
      return csv.isEmpty() ? List.of() : List.of(csv);
    }
    List<String> names = List.of(csv.split(",", -1));
    for (String name : names) {
      try {
        Reference.parseName(name);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "failed to parse name=" + name + ": " + e.getMessage(), e);
      }
    }
    return names;
  }

  /**
   * The names as given, {@code *} replaced.
   *
   * @param ofFrontend the result's {@code image.name}, several parted by commas
   * @throws IllegalArgumentException if {@code ofFrontend} holds something that is no name
   */
  public List<String> names(Optional<String> ofFrontend) {
    return names.equals(List.of("*")) && ofFrontend.isPresent() ? names(ofFrontend.get()) : names;
  }
}
