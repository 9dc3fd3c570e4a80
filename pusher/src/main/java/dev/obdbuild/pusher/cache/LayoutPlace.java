package dev.obdbuild.pusher.cache;

import dev.obdbuild.oci.content.ContentStore;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.SealedLayer;
import dev.obdbuild.oci.json.JsonReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A cache in a folder of the client's, an OCI layout. Who writes one hands the root's digest to the
 * client, which keeps the layout's index.
 *
 * @param store borrowed
 * @param digest of the root that is to be read; empty for a cache that is only written
 */
public record LayoutPlace(String name, ContentStore store, Optional<Digest> digest)
    implements CachePlace {

  @Override
  public Root root() throws IOException {
    Digest root =
        digest.orElseThrow(() -> new IOException("cache " + name + ": no digest to import"));
    OptionalLong size = store.size(root);
    if (size.isEmpty()) {
      throw new NoSuchFileException("cache " + name + ": " + root + " is not there");
    }
    // Its media type is not told: the document itself does.
    Descriptor descriptor = new Descriptor("", root, size.getAsLong());
    return new Root(descriptor, blob(descriptor));
  }

  @Override
  public byte[] manifest(Descriptor manifest) throws IOException {
    return blob(manifest);
  }

  @Override
  public byte[] blob(Descriptor blob) throws IOException {
    if (blob.size() > JsonReader.MAX_BYTES) {
      throw new IOException(
          "cache %s: %s has %d bytes, the limit of a document is %d"
              .formatted(name, blob.digest(), blob.size(), JsonReader.MAX_BYTES));
    }
    byte[] bytes;
    try (InputStream in = store.read(blob.digest(), 0, blob.size())) {
      bytes = in.readNBytes((int) blob.size() + 1);
    }
    Digest found = Digest.sha256(bytes);
    if (!found.equals(blob.digest())) {
      throw new IOException("cache " + name + ": blob " + blob.digest() + " holds " + found);
    }
    return bytes;
  }

  @Override
  public boolean has(Digest blob) throws IOException {
    return store.size(blob).isPresent();
  }

  @Override
  public void putLayers(List<LayerSource> layers, CacheStages stages) throws IOException {
    for (LayerSource layer : layers) {
      // A layer of a registry is fetched only if the folder lacks it.
      if (layer.existing().isPresent() && has(layer.existing().get().descriptor().digest())) {
        stages.layerDone(layer.existing().get().descriptor());
        continue;
      }
      SealedLayer sealed = layer.seal();
      stages.layer(sealed.descriptor(), 0);
      if (!has(sealed.descriptor().digest())) {
        try (InputStream in = Files.newInputStream(sealed.file())) {
          store.write(sealed.descriptor(), in);
        }
      }
      stages.layerDone(sealed.descriptor());
    }
  }

  @Override
  public void putBlob(Descriptor blob, byte[] bytes) throws IOException {
    if (!has(blob.digest())) {
      store.write(blob, new ByteArrayInputStream(bytes));
    }
  }

  @Override
  public void putRoot(Descriptor root, byte[] body) throws IOException {
    putBlob(root, body);
  }
}
