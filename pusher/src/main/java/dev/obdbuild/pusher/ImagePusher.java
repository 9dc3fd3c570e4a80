package dev.obdbuild.pusher;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.oci.registry.RegistryClient;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Pushes whole images: layers, then configs and statements, then manifests by their digests, then
 * the root under each of its names that does not stand for it already.
 */
public final class ImagePusher {

  private final RegistryClient registry;
  private final LayerUploader layers;

  /** A pusher that shares uploads already begun. Closes neither. */
  public ImagePusher(RegistryClient registry, LayerUploader layers) {
    this.registry = registry;
    this.layers = layers;
  }

  /**
   * Pushes an image under names that may be in several repositories and registries, and its
   * referrer into each of them. Nothing names the image anywhere until all of its blobs are there.
   *
   * @param names by {@link Reference#parseName}, so that a name without a tag has none here; it
   *     gets {@code latest}, unless it has a digest
   * @param byDigest whether it gets no tag; the names then are repositories
   * @throws IllegalArgumentException if a name has a tag that it is not to get
   * @throws IOException when something could not be pushed; what is there already stays
   */
  public void push(ImageSet set, List<Reference> names, boolean byDigest, ExportStages stages)
      throws IOException {
    if (byDigest) {
      names.forEach(ImagePusher::checkUntagged);
    }
    Set<Repository> targets = new LinkedHashSet<>();
    names.forEach(name -> targets.add(name.where()));
    if (targets.isEmpty()) {
      return;
    }
    try (StandingNames standing = new StandingNames(registry, set.image())) {
      if (!byDigest) {
        names.forEach(name -> tag(name).ifPresent(tag -> standing.ask(name, tag)));
      }
      try (ExportStages.Stage _ = stages.begin("pushing layers")) {
        if (!isUnchanged(set, names, standing)) {
          for (Repository target : targets) {
            blobs(set.image(), target);
            if (set.referrer().isPresent()) {
              blobs(set.referrer().get(), target);
            }
          }
        }
      }
      for (Reference name : names) {
        named(set.image(), name, byDigest, standing, stages);
      }
    }
    if (set.referrer().isPresent()) {
      for (Repository target : targets) {
        ImageTree referrer = set.referrer().get();
        untagged(referrer, target, "@" + referrer.root().digest(), stages);
      }
    }
    targets.forEach(target -> registry.sawWhole(target, set.image().root().digest()));
  }

  /**
   * Whether all names stand for an image that was whole a moment ago. Nobody waits for the names
   * otherwise. A referrer has no name to ask for.
   */
  private boolean isUnchanged(ImageSet set, List<Reference> names, StandingNames standing)
      throws IOException {
    Digest root = set.image().root().digest();
    if (set.referrer().isPresent()
        || !names.stream().allMatch(name -> registry.wasWhole(name.where(), root))) {
      return false;
    }
    for (Reference name : names) {
      if (!standing.stands(name)) {
        return false;
      }
    }
    return true;
  }

  private static void checkUntagged(Reference name) {
    if (name.tag().isPresent()) {
      throw new IllegalArgumentException("can't push tagged ref " + name + " by digest");
    }
  }

  /**
   * Pushes an image that no name leads to, such as a referrer, which is found through its subject.
   *
   * @return the digest it can be pulled by
   */
  public Digest pushUntagged(ImageTree image, Repository target, ExportStages stages)
      throws IOException {
    blobs(image, target);
    untagged(image, target, "@" + image.root().digest(), stages);
    return image.root().digest();
  }

  private void blobs(ImageTree image, Repository target) throws IOException {
    List<Document> documents =
        image.documents().stream().filter(document -> !document.isManifest()).toList();
    layers.await(distributable(image), documents, target);
  }

  private static List<LayerSource> distributable(ImageTree image) {
    return image.layers().stream()
        .filter(
            layer ->
                layer.existing().isEmpty()
                    || !LayerTypes.foreign(layer.existing().get().descriptor().mediaType()))
        .toList();
  }

  /** A name with a digest and no tag, as a dangling one, is not to get the tag "latest". */
  private static Optional<String> tag(Reference name) {
    return name.digest().isPresent() ? name.tag() : Optional.of(name.tag().orElse("latest"));
  }

  private void named(
      ImageTree image,
      Reference name,
      boolean byDigest,
      StandingNames standing,
      ExportStages stages)
      throws IOException {
    Digest root = image.root().digest();
    Optional<String> tag = tag(name);
    if (byDigest || tag.isEmpty()) {
      untagged(image, name.where(), byDigest ? "" : "@" + root, stages);
      return;
    }
    String where = name.withTag(tag.get()).withDigest(root).canonical();
    try (ExportStages.Stage _ = stages.begin("pushing manifest for " + where)) {
      if (!standing.stands(name)) {
        below(image, name.where());
        put(image.documents().getLast(), name.where(), tag.get());
      }
    }
  }

  private void untagged(ImageTree image, Repository target, String suffix, ExportStages stages)
      throws IOException {
    try (ExportStages.Stage _ = stages.begin("pushing manifest for " + target + suffix)) {
      below(image, target);
      put(image.documents().getLast(), target, image.root().digest().toString());
    }
  }

  /** The manifests that the root names. */
  private void below(ImageTree image, Repository target) throws IOException {
    Digest root = image.root().digest();
    for (Document document : image.documents()) {
      Descriptor descriptor = document.descriptor();
      if (document.isManifest() && !descriptor.digest().equals(root)) {
        put(document, target, descriptor.digest().toString());
      }
    }
  }

  private void put(Document document, Repository target, String tagOrDigest) throws IOException {
    registry.pushManifest(target, tagOrDigest, document.descriptor().mediaType(), document.bytes());
  }
}
