package dev.obdbuild.builder.build;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Index;
import dev.obdbuild.oci.image.Manifest;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.oci.registry.Resolved;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an image's repository holds to prove where it comes from: its index, the manifest of its
 * attestations, a signature of that manifest, and their contents. Whoever asks verifies it.
 *
 * @param root digest of the index
 * @param image manifest for the platform; its bytes are not among the blobs
 * @param attestations manifest of the image's attestations
 * @param signature manifest that signs that one
 * @param blobs what proves the image, each verified by its digest
 */
public record ImageAttestations(
    Digest root,
    Optional<Digest> image,
    Optional<Digest> attestations,
    Optional<Digest> signature,
    Map<Digest, Blob> blobs) {

  private static final String REFERENCE_TYPE = "vnd.docker.reference.type";
  private static final String REFERENCE_DIGEST = "vnd.docker.reference.digest";
  private static final String PREDICATE_TYPE = "in-toto.io/predicate-type";
  private static final String BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";
  private static final String COSIGN = "application/vnd.dev.cosign.artifact.sig.v1+json";
  private static final int MOST_LAYERS = 100;

  /** A document of the repository; its bytes are not to be changed. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Blob(Descriptor descriptor, byte[] data) {}

  /**
   * Asks a registry.
   *
   * @param predicates kinds of attestations whose contents are wanted, too
   * @return nothing but the root when the reference leads to no OCI index: nothing is attested
   *     there
   */
  static ImageAttestations find(
      RegistryClient registry, Reference reference, Platform platform, List<String> predicates)
      throws IOException {
    Resolved root = registry.resolve(reference);
    if (!root.descriptor().mediaType().equals(MediaTypes.OCI_INDEX)) {
      return new ImageAttestations(
          root.descriptor().digest(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Map.of());
    }
    return new Search(registry, reference.where()).of(root, platform, predicates);
  }

  /** One look into a repository. */
  private record Search(RegistryClient registry, Repository repository, Map<Digest, Blob> blobs) {

    Search(RegistryClient registry, Repository repository) {
      this(registry, repository, new LinkedHashMap<>());
    }

    ImageAttestations of(Resolved root, Platform platform, List<String> predicates)
        throws IOException {
      Index index = Index.parse(root.body(), "index " + root.descriptor().digest());
      Descriptor image =
          index
              .choose(platform)
              .orElseThrow(() -> new IOException("no manifest for platform " + platform.format()));
      blobs.put(root.descriptor().digest(), new Blob(root.descriptor(), root.body()));
      Optional<Descriptor> attestations =
          index.manifests().stream()
              .filter(
                  it ->
                      it.annotations()
                          .getOrDefault(REFERENCE_TYPE, "")
                          .equals("attestation-manifest"))
              .filter(
                  it ->
                      it.annotations()
                          .getOrDefault(REFERENCE_DIGEST, "")
                          .equals(image.digest().toString()))
              .findFirst();
      Optional<Descriptor> signature = Optional.empty();
      if (attestations.isPresent()) {
        Manifest manifest = manifest(attestations.get());
        signature = signature(attestations.get());
        if (signature.isPresent()) {
          contents(manifest(signature.get()).layers());
        }
        contents(
            manifest.layers().stream()
                .filter(
                    it -> predicates.contains(it.annotations().getOrDefault(PREDICATE_TYPE, "")))
                .toList());
      }
      return new ImageAttestations(
          root.descriptor().digest(),
          Optional.of(image.digest()),
          attestations.map(Descriptor::digest),
          signature.map(Descriptor::digest),
          blobs);
    }

    private Manifest manifest(Descriptor descriptor) throws IOException {
      byte[] body = registry.manifest(repository, descriptor.digest());
      blobs.put(descriptor.digest(), new Blob(descriptor, body));
      return Manifest.parse(body, "manifest " + descriptor.digest());
    }

    /** One signature; a bundle before anything else. */
    private Optional<Descriptor> signature(Descriptor signed) throws IOException {
      List<Descriptor> all = registry.referrers(repository, signed.digest(), "");
      for (String kind : List.of(BUNDLE, COSIGN)) {
        Optional<Descriptor> found =
            all.stream()
                .filter(it -> it.artifactType().filter(kind::equals).isPresent())
                .findFirst();
        if (found.isPresent()) {
          return found;
        }
      }
      return Optional.empty();
    }

    private void contents(List<Descriptor> layers) throws IOException {
      if (layers.size() > MOST_LAYERS) {
        throw new IOException(
            "attestations of "
                + repository
                + " have "
                + layers.size()
                + " layers, more than "
                + MOST_LAYERS);
      }
      for (Descriptor layer : layers) {
        blobs.put(layer.digest(), new Blob(layer, registry.smallBlob(repository, layer)));
      }
    }
  }
}
