package dev.obdbuild.worker;

import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.worker.cachemount.FolderId;
import dev.obdbuild.worker.cachemount.FolderUse;
import dev.obdbuild.worker.cachemount.InitialContent;
import dev.obdbuild.worker.cachemount.Sharing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A cache mount that a step wants.
 *
 * @param mount index of the mount
 */
record CacheFolder(
    Workspace workspace,
    OpContext context,
    int mount,
    FolderId id,
    Sharing sharing,
    Optional<WorkerResult> initial,
    String selector) {

  static CacheFolder of(
      Workspace workspace,
      OpContext context,
      int mount,
      ExecMount.Cache cache,
      Optional<WorkerResult> initial,
      String selector)
      throws IOException {
    Optional<Digest> content = Optional.empty();
    if (initial.isPresent()) {
      try (InputTree tree = InputTree.open(workspace.snapshots(), initial.get())) {
        content =
            Optional.of(Contents.digestOfPath(workspace, tree, selector, context.cancellation()));
      }
    }
    Sharing sharing =
        switch (cache.sharing()) {
          case SHARED -> Sharing.SHARED;
          case PRIVATE -> Sharing.PRIVATE;
          case LOCKED -> Sharing.LOCKED;
        };
    return new CacheFolder(
        workspace, context, mount, new FolderId(cache.id(), content), sharing, initial, selector);
  }

  /** Takes the folder into use; waits for it where it must. */
  FolderUse use() throws IOException {
    workspace.mounts().used().add(id);
    return workspace.tools().cacheMounts().use(id, sharing, content(), context.cancellation());
  }

  private InitialContent content() {
    return new InitialContent() {
      @Override
      public void write(Path folder) throws IOException {
        fill(folder);
      }

      @Override
      public Optional<Snapshot> imported() throws IOException {
        return workspace.mounts().imports().find(id, context);
      }
    };
  }

  private void fill(Path folder) throws IOException {
    if (initial.isPresent()) {
      try (InputTree tree = InputTree.open(workspace.snapshots(), initial.get())) {
        Workspace.warn(
            context,
            workspace
                .snapshots()
                .mountThreads()
                .call(() -> TreeFill.path(tree.tree(), selector, folder)));
        tree.confirm();
      }
    }
  }
}
