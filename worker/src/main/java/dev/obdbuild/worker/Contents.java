package dev.obdbuild.worker;

import dev.obdbuild.llb.FileAction.Copy;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.InputKey;
import dev.obdbuild.worker.WorkerResult.SnapshotResult;
import dev.obdbuild.worker.content.ContentNotFoundException;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.Selection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/** Cache keys of inputs by what is read of them. */
final class Contents {
  private Contents() {}

  /** An input of which files are copied. */
  static InputKey<WorkerResult> copies(Workspace workspace, List<Copy> copies) {
    return byContent(workspace, copies.stream().map(Selection::of).toList(), false);
  }

  /**
   * An input of which paths are mounted. One that is mounted whole and lies in a registry counts by
   * its layers' digests: to read what is in its files would fetch all of it.
   *
   * @param files whether it counts by its files even so
   */
  static InputKey<WorkerResult> paths(Workspace workspace, List<String> paths, boolean files) {
    List<Selection> selections = paths.stream().map(Contents::path).toList();
    return byContent(workspace, selections, !files && selections.contains(Selection.ALL));
  }

  private static Selection path(String path) {
    return path.isEmpty() || path.equals("/") ? Selection.ALL : Selection.path(path);
  }

  private static InputKey<WorkerResult> byContent(
      Workspace workspace, List<Selection> selections, boolean whole) {
    OpKey selector = new OpKey("selection", 1);
    selections.forEach(each -> add(selector, each));
    return new InputKey.ByContent<>(
        selector.digest().toString(),
        (context, result) -> {
          Optional<Digest> layers = whole ? layersInRegistry(result) : Optional.empty();
          if (layers.isPresent()) {
            return layers.get();
          }
          try (InputTree input = InputTree.open(workspace.snapshots(), result)) {
            StringBuilder digests = new StringBuilder();
            for (Selection selection : selections) {
              digests
                  .append(digest(workspace, input, selection, context.cancellation()))
                  .append('\n');
            }
            return Digest.sha256(digests.toString().getBytes(StandardCharsets.UTF_8));
          }
        });
  }

  /** The digest of a filesystem's layers, if all of them came from a registry. */
  private static Optional<Digest> layersInRegistry(WorkerResult result) {
    if (!(result instanceof SnapshotResult made) || made.snapshot().layers().isEmpty()) {
      return Optional.empty();
    }
    OpKey key = new OpKey("layers", 1);
    for (LayerSource layer : made.snapshot().layers()) {
      Optional<LayerBlob> blob = layer.existing();
      if (blob.isEmpty()) {
        return Optional.empty();
      }
      key.add("layer", blob.get().descriptor().digest().toString());
    }
    return Optional.of(key.digest());
  }

  private static void add(OpKey key, Selection selection) {
    key.add("path", selection.src())
        .add("wildcard", selection.wildcard())
        .add("follow", selection.followLinks())
        .add("contents only", selection.contentsOnly())
        .add("include", selection.includePatterns())
        .add("exclude", selection.excludePatterns())
        .add("required", selection.requiredPaths());
  }

  /** The digest of a path of an open input. */
  static Digest digestOfPath(
      Workspace workspace, InputTree input, String path, Cancellation cancellation)
      throws IOException {
    return digest(workspace, input, path(path), cancellation);
  }

  /** The digest of a whole folder of the caller. */
  static Digest digestOfLocal(Workspace workspace, FileTree tree, LongConsumer hashed)
      throws IOException {
    return workspace
        .snapshots()
        .mountThreads()
        .call(() -> workspace.tools().contents().of(tree, Selection.ALL, hashed));
  }

  private static Digest digest(
      Workspace workspace, InputTree input, Selection selection, Cancellation cancellation)
      throws IOException {
    cancellation.throwIfCancelled();
    try {
      Digest digest =
          workspace
              .snapshots()
              .mountThreads()
              .call(
                  () ->
                      workspace
                          .tools()
                          .contents()
                          .of(input.tree(), selection, bytes -> cancellation.throwIfCancelled()));
      input.confirm();
      return digest;
    } catch (ContentNotFoundException e) {
      input.confirm();
      throw new IOException(
          "failed to calculate checksum of ref " + input.tree().scope() + ": " + e.getMessage(), e);
    }
  }
}
