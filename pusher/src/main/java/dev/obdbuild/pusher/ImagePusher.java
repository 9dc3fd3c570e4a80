package dev.obdbuild.pusher;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.oci.registry.RegistryClient;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Pushes whole images: layers, then the config, then the manifest under each of its names. */
public final class ImagePusher {

  private final RegistryClient registry;
  private final LayerUploader layers;

  /** A pusher that shares uploads already begun. Closes neither. */
  public ImagePusher(RegistryClient registry, LayerUploader layers) {
    this.registry = registry;
    this.layers = layers;
  }

  /** Is told of the stages, which are the statuses of BuildKit's export step. */
  public interface Stages {
    /** A manifest goes up under a name. */
    void manifest(Reference name, Digest digest);
  }

  /**
   * Pushes an image under names that may be in several repositories and registries. Nothing names
   * the image anywhere until all of its blobs are there.
   *
   * @param assembled made of the same contents
   * @throws IOException when something could not be pushed; what is there already stays
   */
  public void push(
      ImageContents contents, AssembledImage assembled, List<Reference> names, Stages stages)
      throws IOException {
    Set<Repository> targets = new LinkedHashSet<>();
    names.forEach(name -> targets.add(name.where()));
    for (Repository target : targets) {
      layers.await(contents.layers(), target);
      config(target, assembled);
    }
    for (Reference name : names) {
      stages.manifest(name, assembled.manifestDescriptor().digest());
      String tag = name.tag().orElse("latest");
      registry.pushManifest(name.where(), tag, MediaTypes.OCI_MANIFEST, assembled.manifest());
    }
  }

  /**
   * Pushes an image that no name leads to: a referrer, found through its subject.
   *
   * @return the digest it can be pulled by
   */
  public Digest pushReferrer(ImageContents contents, AssembledImage assembled, Repository target)
      throws IOException {
    if (contents.subject().isEmpty()) {
      throw new IllegalArgumentException("a referrer without a subject");
    }
    layers.await(contents.layers(), target);
    config(target, assembled);
    Digest digest = assembled.manifestDescriptor().digest();
    registry.pushManifest(target, digest.toString(), MediaTypes.OCI_MANIFEST, assembled.manifest());
    return digest;
  }

  private void config(Repository target, AssembledImage assembled) throws IOException {
    Descriptor config = assembled.configDescriptor();
    if (!registry.exists(target, config.digest())) {
      registry.push(target, config.digest(), assembled.config());
    }
  }
}
