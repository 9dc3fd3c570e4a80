package dev.obdbuild.builder.export;

import dev.obdbuild.builder.build.Build;
import dev.obdbuild.builder.session.ClientOutput.Upload;
import dev.obdbuild.builder.session.ClientSession;
import dev.obdbuild.pusher.ExportStages;
import dev.obdbuild.pusher.ImageTree;
import dev.obdbuild.pusher.layout.LayoutExport;
import dev.obdbuild.pusher.layout.StoreExport;
import dev.obdbuild.pusher.layout.TarExport;
import dev.obdbuild.pusher.output.LayoutOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** An image in an OCI layout on the client's disk: one archive, or blobs one by one. */
final class LayoutExporter {

  /** Name of the store that the client keeps for exported blobs. */
  private static final String STORE = "export";

  private final ClientSession client;
  private final ImageMaker images;
  private final ExportStages stages;

  LayoutExporter(ClientSession client, Build build, ExportStages stages) {
    this.client = client;
    this.images = new ImageMaker(build);
    this.stages = stages;
  }

  /**
   * Exports.
   *
   * @param index of the exporter, by which the client tells outputs apart
   */
  ExportedImage run(int index, LayoutOutput output, Results results) throws IOException {
    List<String> names = output.image().names(results.imageName());
    ImageTree image =
        LayoutExport.assemble(
            images.platforms(output.image(), results),
            results.multiPlatform(),
            output,
            names,
            Instant.now(),
            stages);
    ExportedImage exported = ExportedImage.of(image, names);
    if (!output.tar()) {
      StoreExport.write(image, client.contents(STORE), stages);
      return exported;
    }
    Upload upload = client.output(index).file(exported.response());
    boolean complete = false;
    try {
      TarExport.write(image, TarExport.names(names), output.variant(), upload, stages);
      upload.close();
      complete = true;
    } finally {
      if (!complete) {
        upload.abort("the export failed");
      }
    }
    return exported;
  }
}
