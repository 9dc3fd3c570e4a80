package dev.obdbuild.pusher;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.LayerSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An image as the graph that its root leads to: one manifest, or an index over several.
 *
 * @param root with the platform of a single image, and with its annotations
 * @param images one for each platform and world, in the order of the index
 * @param attestations what is attested about them: blobs and manifests
 * @param index empty when the root is the manifest of the only image
 * @param layers of all images, each once
 */
public record ImageTree(
    Descriptor root,
    List<AssembledImage> images,
    List<Document> attestations,
    Optional<Document> index,
    List<LayerSource> layers) {

  public ImageTree {
    images = List.copyOf(images);
    attestations = List.copyOf(attestations);
    layers = List.copyOf(layers);
  }

  /** The tree of one image without index and attestations. */
  public static ImageTree of(ImageContents contents, AssembledImage image) {
    return new ImageTree(
        image.manifestDescriptor().withPlatform(contents.config().platform()),
        List.of(image),
        List.of(),
        Optional.empty(),
        contents.layers());
  }

  /** The config of the only image; empty for an index. */
  public Optional<Descriptor> config() {
    return index.isPresent() ? Optional.empty() : Optional.of(images.getFirst().configDescriptor());
  }

  /** All documents, what is named before what names it: blobs, then manifests, then the root. */
  public List<Document> documents() {
    List<Document> blobs = new ArrayList<>();
    List<Document> manifests = new ArrayList<>();
    for (AssembledImage image : images) {
      blobs.add(new Document(image.configDescriptor(), image.config()));
      manifests.add(new Document(image.manifestDescriptor(), image.manifest()));
    }
    for (Document document : attestations) {
      (document.isManifest() ? manifests : blobs).add(document);
    }
    index.ifPresent(manifests::add);
    blobs.addAll(manifests);
    return blobs;
  }

  /** The same tree, its root's descriptor annotated. */
  public ImageTree withAnnotations(Map<String, String> annotations) {
    return new ImageTree(root.withAnnotations(annotations), images, attestations, index, layers);
  }
}
