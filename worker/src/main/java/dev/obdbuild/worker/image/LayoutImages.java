package dev.obdbuild.worker.image;

import dev.obdbuild.oci.content.CheckedBlob;
import dev.obdbuild.oci.content.ContentStore;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Index;
import dev.obdbuild.oci.image.Manifest;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.json.JsonReader;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/** Images of stores that know blobs by digest only: OCI layouts of a build's client. */
public final class LayoutImages {

  /** Indexes may point to indexes; no deeper than this. */
  private static final int MAX_DEPTH = 3;

  private static final int MAX_BYTES = JsonReader.MAX_BYTES;

  private LayoutImages() {}

  /**
   * An image of a layout, for one platform. All its parts are verified by their digests.
   *
   * @param root what was asked for: an index, or the manifest itself
   * @param manifestDescriptor of the platform's manifest
   * @param configBytes of the image's config; not to be changed
   */
  public record LayoutImage(
      Descriptor root,
      Descriptor manifestDescriptor,
      Manifest manifest,
      byte[] configBytes,
      ImageConfig config) {}

  /**
   * The image that {@code digest} names.
   *
   * @param name of the layout, for messages
   * @param digest of an index or a manifest
   * @throws IOException naming layout and digest, when it is not there, damaged or not for that
   *     platform
   */
  public static LayoutImage resolve(
      ContentStore store, String name, Digest digest, Platform platform) throws IOException {
    String where = "oci-layout://" + name + "@" + digest;
    try {
      return find(store, where, digest, platform);
    } catch (NoSuchFileException e) {
      throw new IOException(where + ": not found: " + e.getMessage(), e);
    }
  }

  private static LayoutImage find(
      ContentStore store, String where, Digest digest, Platform platform) throws IOException {
    Document root = document(store, digest);
    Document at = root;
    for (int depth = 0; MediaTypes.isIndex(at.descriptor().mediaType()); depth++) {
      Index index = Index.parse(at.body(), at.descriptor().digest().toString());
      Optional<Descriptor> chosen = depth == MAX_DEPTH ? Optional.empty() : index.choose(platform);
      if (chosen.isEmpty()) {
        throw new IOException(where + " has no manifest for platform " + platform.format());
      }
      at = document(store, chosen.get().digest());
    }
    Manifest manifest = Manifest.parse(at.body(), at.descriptor().digest().toString());
    byte[] config = CheckedBlob.bytes(store, manifest.config(), MAX_BYTES);
    return new LayoutImage(
        root.descriptor(),
        at.descriptor(),
        manifest,
        config,
        ImageConfig.parse(config, manifest.config().digest().toString()));
  }

  private record Document(Descriptor descriptor, byte[] body) {}

  private static Document document(ContentStore store, Digest digest) throws IOException {
    long size = store.size(digest).orElseThrow(() -> new NoSuchFileException(digest.toString()));
    Descriptor plain = new Descriptor(MediaTypes.OCI_MANIFEST, digest, size);
    byte[] body = CheckedBlob.bytes(store, plain, MAX_BYTES);
    JsonReader json = JsonReader.parse(body, digest.toString());
    String type = json.optionalString("mediaType").orElse("");
    boolean index = type.isEmpty() ? json.has("manifests") : MediaTypes.isIndex(type);
    if (!index && !json.has("config")) {
      throw new IOException(digest + " is neither an index nor an image manifest");
    }
    String known = index ? MediaTypes.OCI_INDEX : MediaTypes.OCI_MANIFEST;
    return new Document(plain.withMediaType(type.isEmpty() ? known : type), body);
  }
}
