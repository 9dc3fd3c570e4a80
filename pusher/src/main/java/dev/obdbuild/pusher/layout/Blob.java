package dev.obdbuild.pusher.layout;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.SealedLayer;
import dev.obdbuild.pusher.Document;
import dev.obdbuild.pusher.ImageTree;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A blob of an image, wherever its bytes are. */
sealed interface Blob {

  Descriptor descriptor();

  /** Its bytes, to be closed. */
  InputStream open() throws IOException;

  /** A blob made in memory. */
  record Small(Document document) implements Blob {
    @Override
    public Descriptor descriptor() {
      return document.descriptor();
    }

    @Override
    public InputStream open() {
      return new ByteArrayInputStream(document.bytes());
    }
  }

  /** A layer. */
  record Layer(Descriptor descriptor, Path file) implements Blob {
    @Override
    public InputStream open() throws IOException {
      return Files.newInputStream(file);
    }
  }

  /**
   * All blobs of an image, each once; what is named before what names it, the root last. Layers
   * that lie in a registry only are fetched.
   */
  static List<Blob> of(ImageTree image) throws IOException {
    Map<Digest, Blob> blobs = new LinkedHashMap<>();
    for (LayerSource source : image.layers()) {
      SealedLayer layer = source.seal();
      Descriptor descriptor = layer.descriptor();
      long size = Files.size(layer.file());
      if (size != descriptor.size()) {
        throw new IOException(
            "layer "
                + descriptor.digest()
                + " of "
                + descriptor.size()
                + " bytes has "
                + size
                + " in "
                + layer.file());
      }
      blobs.put(descriptor.digest(), new Layer(descriptor, layer.file()));
    }
    for (Document document : image.documents()) {
      blobs.put(document.descriptor().digest(), new Small(document));
    }
    return List.copyOf(blobs.values());
  }
}
