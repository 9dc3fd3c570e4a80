package dev.obdbuild.builder.export;

import dev.obdbuild.builder.build.Build;
import dev.obdbuild.builder.session.ClientOutput.Upload;
import dev.obdbuild.builder.session.ClientSession;
import dev.obdbuild.pusher.ExportStages;
import dev.obdbuild.pusher.output.FolderOutput;
import dev.obdbuild.pusher.output.TarOutput;
import dev.obdbuild.worker.InputTree;
import java.io.IOException;
import java.util.Map;

/** The files of results on the client's disk: as one archive, or in a folder. */
final class FileExporter {

  private final ClientSession client;
  private final Build build;
  private final ExportStages stages;

  FileExporter(ClientSession client, Build build, ExportStages stages) {
    this.client = client;
    this.build = build;
    this.stages = stages;
  }

  Map<String, String> tar(int index, TarOutput output, Results results) throws IOException {
    SolvedPart part = results.parts().getFirst();
    Upload upload = client.output(index).file(Map.of());
    boolean complete = false;
    try (ExportStages.Stage stage = stages.begin("sending tarball")) {
      build.engine().snapshots().writeTar(part.snapshot(), upload, output.epoch().or(part.epoch()));
      upload.close();
      complete = true;
    } finally {
      if (!complete) {
        upload.abort("the export failed");
      }
    }
    return Map.of();
  }

  Map<String, String> folder(int index, FolderOutput output, Results results) throws IOException {
    SolvedPart part = results.parts().getFirst();
    try (ExportStages.Stage stage = stages.begin("copying files");
        InputTree tree = build.open(part.snapshot())) {
      client.output(index).folder(tree.tree(), false);
      tree.confirm();
    }
    return Map.of();
  }
}
