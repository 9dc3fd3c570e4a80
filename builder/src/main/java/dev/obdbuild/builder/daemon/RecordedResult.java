package dev.obdbuild.builder.daemon;

import dev.obdbuild.builder.export.Export.Exported;
import dev.obdbuild.builder.export.ExportedImage;
import dev.obdbuild.builder.history.ActiveBuild;
import dev.obdbuild.protos.control.BuildResultInfo;
import dev.obdbuild.protos.control.Descriptor;
import dev.obdbuild.pusher.Document;
import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a finished build came to, in its record of the history. */
record RecordedResult(ActiveBuild record) {

  private static final String IN_TOTO = "application/vnd.in-toto+json";
  private static final String PREDICATE_KEY = "in-toto.io/predicate-type";
  private static final String PROVENANCE = "https://slsa.dev/provenance/v1";

  /** Stores the provenances as blobs and names them and the images in the record. */
  void store(Exported exported) throws IOException {
    BuildResultInfo.Builder whole = BuildResultInfo.newBuilder();
    SortedMap<String, BuildResultInfo> parts = new TreeMap<>();
    for (Map.Entry<String, byte[]> provenance : exported.recorded().provenance().entrySet()) {
      Descriptor stored =
          record.store(IN_TOTO, provenance.getValue()).toBuilder()
              .putAnnotations(PREDICATE_KEY, PROVENANCE)
              .build();
      if (provenance.getKey().isEmpty()) {
        whole.addAttestations(stored);
      } else {
        parts.put(
            provenance.getKey(), BuildResultInfo.newBuilder().addAttestations(stored).build());
      }
    }
    for (Map.Entry<Integer, ExportedImage> image : exported.images().entrySet()) {
      // Clients look from the root down to what it is made of.
      for (Document document : image.getValue().documents()) {
        record.store(document.descriptor().mediaType(), document.bytes());
      }
      Descriptor root = descriptor(image.getValue().root());
      whole.putResults(image.getKey(), root);
      if (!whole.hasResultDeprecated()) {
        whole.setResultDeprecated(root);
      }
    }
    record.update(
        changed -> {
          changed.putAllExporterResponse(exported.response());
          if (whole.getAttestationsCount() > 0 || whole.getResultsCount() > 0) {
            changed.setResult(whole);
          }
          changed.putAllResults(parts);
        });
  }

  private static Descriptor descriptor(dev.obdbuild.oci.image.Descriptor image) {
    return Descriptor.newBuilder()
        .setMediaType(image.mediaType())
        .setDigest(image.digest().toString())
        .setSize(image.size())
        .putAllAnnotations(image.annotations())
        .build();
  }
}
