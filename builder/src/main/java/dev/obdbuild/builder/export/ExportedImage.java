package dev.obdbuild.builder.export;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.pusher.Document;
import dev.obdbuild.pusher.ExporterResponse;
import dev.obdbuild.pusher.ImageTree;
import java.util.List;
import java.util.Map;

/**
 * An image that an exporter made.
 *
 * @param root its manifest or index
 * @param documents all of its documents, the root's and those of attestations too; no layers
 * @param response what the client is told of it
 */
public record ExportedImage(
    Descriptor root, List<Document> documents, Map<String, String> response) {

  public ExportedImage {
    documents = List.copyOf(documents);
    response = Map.copyOf(response);
  }

  static ExportedImage of(ImageTree image, List<String> names) {
    return new ExportedImage(image.root(), image.documents(), ExporterResponse.of(image, names));
  }
}
