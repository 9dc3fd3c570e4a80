package dev.obdbuild.worker;

import dev.obdbuild.llb.FileAction.Copy;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.InputKey;
import dev.obdbuild.worker.content.ContentNotFoundException;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.Selection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.LongConsumer;

/** Cache keys of inputs by what is read of them. */
final class Contents {
  private Contents() {}

  /** An input of which files are copied. */
  static InputKey<WorkerResult> copies(Workspace workspace, List<Copy> copies) {
    return byContent(workspace, copies.stream().map(Selection::of).toList());
  }

  /** An input of which paths are mounted. */
  static InputKey<WorkerResult> paths(Workspace workspace, List<String> paths) {
    return byContent(workspace, paths.stream().map(Contents::path).toList());
  }

  private static Selection path(String path) {
    return path.isEmpty() || path.equals("/") ? Selection.ALL : Selection.path(path);
  }

  private static InputKey<WorkerResult> byContent(Workspace workspace, List<Selection> selections) {
    OpKey selector = new OpKey("selection", 1);
    selections.forEach(each -> add(selector, each));
    return new InputKey.ByContent<>(
        selector.digest().toString(),
        (context, result) -> {
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
