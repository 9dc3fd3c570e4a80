package dev.obdbuild.builder.export;

import dev.obdbuild.builder.build.Build;
import dev.obdbuild.builder.files.ResultFolders;
import dev.obdbuild.builder.files.ResultFolders.PlatformFolder;
import dev.obdbuild.builder.files.TreeFiles;
import dev.obdbuild.builder.session.ClientOutput.Upload;
import dev.obdbuild.builder.session.ClientSession;
import dev.obdbuild.pusher.ExportStages;
import dev.obdbuild.pusher.attest.Attestation;
import dev.obdbuild.pusher.output.FolderOptions;
import dev.obdbuild.pusher.output.FolderOutput;
import dev.obdbuild.pusher.output.TarOutput;
import dev.obdbuild.pusher.tree.FilesTar;
import dev.obdbuild.snapshots.mount.MountThreads;
import dev.obdbuild.worker.InputTree;
import dev.obdbuild.worker.content.FileTree;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The files of results on the client's disk, as one archive or in a folder: those of all platforms,
 * and beside them what is attested about them.
 */
final class FileExporter {

  private final ClientSession client;
  private final Build build;
  private final ExportStages stages;

  FileExporter(ClientSession client, Build build, ExportStages stages) {
    this.client = client;
    this.build = build;
    this.stages = stages;
  }

  /** What is done with the files. */
  @FunctionalInterface
  private interface Use {
    void of(FileTree tree) throws IOException;
  }

  void tar(int index, TarOutput output, Results results) throws IOException {
    Upload upload = client.output(index).file(Map.of());
    boolean complete = false;
    try {
      if (results.multiPlatform() || attested(results)) {
        // The client may be slow: that takes a thread of its own, not one of those of mounts.
        try (MountThreads own = new MountThreads(1)) {
          joined(
              output.files(),
              results,
              tree ->
                  own.call(
                      () -> {
                        FilesTar.write(new TreeFiles(tree), upload, stages);
                        return true;
                      }));
        }
      } else {
        SolvedPart part = results.parts().getFirst();
        try (ExportStages.Stage _ = stages.begin("sending tarball")) {
          build
              .engine()
              .snapshots()
              .writeTar(part.snapshot(), upload, output.epoch().or(part.epoch()));
        }
      }
      upload.close();
      complete = true;
    } finally {
      if (!complete) {
        upload.abort("the export failed");
      }
    }
  }

  void folder(int index, FolderOutput output, Results results) throws IOException {
    boolean each =
        output.files().split(results.multiPlatform()) && output.mode() == FolderOutput.Mode.COPY;
    List<String> platforms =
        each ? results.parts().stream().map(FileExporter::id).toList() : List.of();
    try (CopiedFiles copied = CopiedFiles.begin(stages, platforms)) {
      joined(output.files(), results, tree -> client.output(index).folder(tree, copied));
    }
  }

  private static String id(SolvedPart part) {
    return part.platform().normalised().format();
  }

  private static boolean attested(Results results) throws IOException {
    for (SolvedPart part : results.parts()) {
      if (results.attested().of(part).stream().anyMatch(it -> !it.inlineOnly())) {
        return true;
      }
    }
    return false;
  }

  private void joined(FolderOptions options, Results results, Use use) throws IOException {
    List<InputTree> open = new ArrayList<>();
    try {
      List<PlatformFolder> platforms = new ArrayList<>();
      for (SolvedPart part : results.parts()) {
        List<Attestation> attestations = results.attested().of(part);
        InputTree tree = build.open(part.snapshot());
        open.add(tree);
        platforms.add(
            new PlatformFolder(
                id(part), tree.tree(), attestations, options.epoch().or(part.epoch())));
      }
      use(platforms, options, results.multiPlatform(), use);
      for (InputTree tree : open) {
        tree.confirm();
      }
    } finally {
      for (InputTree tree : open) {
        tree.close();
      }
    }
  }

  private void use(
      List<PlatformFolder> platforms, FolderOptions options, boolean multiPlatform, Use use)
      throws IOException {
    MountThreads threads = build.engine().snapshots().mountThreads();
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    ResultFolders folders =
        threads.call(
            () ->
                ResultFolders.of(
                    platforms,
                    options,
                    multiPlatform,
                    now,
                    build.engine().snapshots().temporaryDirectory()));
    try {
      use.of(folders.tree());
    } finally {
      threads.call(
          () -> {
            folders.close();
            return true;
          });
    }
  }
}
