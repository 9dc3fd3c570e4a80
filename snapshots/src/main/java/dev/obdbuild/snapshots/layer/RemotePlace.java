package dev.obdbuild.snapshots.layer;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.snapshots.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The text by which the database remembers where a remote layer lives: registry, repository,
 * descriptor, by lines.
 */
public final class RemotePlace {
  private static final int PARTS = 3;

  private RemotePlace() {}

  public static String format(LayerBlob blob) {
    return blob.repository().registry()
        + "\n"
        + blob.repository().name()
        + "\n"
        + blob.descriptor().toJson();
  }

  /** Reads what {@link #format} wrote. */
  public static LayerBlob parse(String text) throws IOException {
    String[] parts = text.split("\n", PARTS);
    if (parts.length != PARTS) {
      throw new StoreException("the place of a remote layer is damaged: " + text);
    }
    return new LayerBlob(descriptor(parts[2]), new Repository(parts[0], parts[1]));
  }

  /** Reads a descriptor that the database holds. */
  public static Descriptor descriptor(String json) throws IOException {
    return Descriptor.read(
        JsonReader.parse(
            json.getBytes(StandardCharsets.UTF_8), "descriptor in the store's database"));
  }
}
