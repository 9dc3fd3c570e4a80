package dev.obdbuild.pusher.layout;

import dev.obdbuild.oci.content.ContentStore;
import dev.obdbuild.pusher.ExportStages;
import dev.obdbuild.pusher.ImageTree;
import java.io.IOException;
import java.io.InputStream;

/** Writes an image into a content store. Who owns the store finds it by the root's descriptor. */
public final class StoreExport {

  private StoreExport() {}

  /**
   * Writes all blobs that the store lacks, the root last.
   *
   * @throws IOException when the store refuses one; those before it stay
   */
  public static void write(ImageTree image, ContentStore store, ExportStages stages)
      throws IOException {
    for (Blob blob : Blob.of(image)) {
      long size = blob.descriptor().size();
      try (ExportStages.Stage stage = stages.begin("copying " + blob.descriptor().digest());
          InputStream in = blob.open()) {
        stage.update(0, size);
        store.write(blob.descriptor(), in);
        stage.update(size, size);
      }
    }
  }
}
