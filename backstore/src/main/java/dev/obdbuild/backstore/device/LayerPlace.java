package dev.obdbuild.backstore.device;

import dev.obdbuild.oci.image.LayerBlob;
import java.nio.file.Path;

/** Where a layer lies, so that any process of this host can open it. */
public sealed interface LayerPlace {

  /** A finished writable layer: its data file and the index beside it. */
  record Raw(Path data, Path index) implements LayerPlace {}

  /** A sealed layer in a file. */
  record Sealed(Path file) implements LayerPlace {}

  /** A layer in a registry. */
  record Remote(LayerBlob blob) implements LayerPlace {}
}
