package dev.obdbuild.pusher.cache;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.oci.registry.Resolved;
import dev.obdbuild.pusher.LayerUploader;
import dev.obdbuild.pusher.UploadProgress;
import java.io.IOException;
import java.util.List;

/** A cache under a name in a registry. Borrows the client. */
public record RegistryPlace(RegistryClient registry, Reference reference) implements CachePlace {

  @Override
  public String name() {
    return reference.canonical();
  }

  @Override
  public Root root() throws IOException {
    Resolved found = registry.resolve(reference);
    return new Root(found.descriptor(), found.body());
  }

  @Override
  public byte[] manifest(Descriptor manifest) throws IOException {
    return registry.manifest(reference.where(), manifest.digest());
  }

  @Override
  public byte[] blob(Descriptor blob) throws IOException {
    if (blob.size() > JsonReader.MAX_BYTES) {
      throw new IOException(
          "cache %s: %s has %d bytes, the limit of a document is %d"
              .formatted(name(), blob.digest(), blob.size(), JsonReader.MAX_BYTES));
    }
    return registry.smallBlob(reference.where(), blob);
  }

  @Override
  public boolean has(Digest blob) throws IOException {
    return registry.exists(reference.where(), blob);
  }

  @Override
  public void putLayers(List<LayerSource> layers, CacheStages stages) throws IOException {
    UploadProgress progress =
        new UploadProgress() {
          @Override
          public void uploading(Descriptor blob, long sentBytes) {
            stages.layer(blob, sentBytes);
          }

          @Override
          public void uploaded(Descriptor blob, long sentBytes) {
            stages.layerDone(blob);
          }
        };
    try (LayerUploader uploader = new LayerUploader(registry, progress)) {
      uploader.await(layers, reference.where());
    }
  }

  @Override
  public void putBlob(Descriptor blob, byte[] bytes) throws IOException {
    registry.push(reference.where(), blob.digest(), bytes);
  }

  @Override
  public void putRoot(Descriptor root, byte[] body) throws IOException {
    registry.pushManifest(
        reference.where(), reference.tag().orElse("latest"), root.mediaType(), body);
  }
}
