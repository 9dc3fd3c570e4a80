package dev.obdbuild.worker;

import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.worker.cachemount.CacheMounts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A cache mount that a step wants.
 *
 * @param mount index of the mount
 * @param id names the folder; where it starts with something, what that is is part of the name
 */
record CacheFolder(
    Workspace workspace,
    OpContext context,
    int mount,
    String id,
    CacheMounts.Sharing sharing,
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
    String id = cache.id();
    if (initial.isPresent()) {
      try (InputTree tree = InputTree.open(workspace.snapshots(), initial.get())) {
        Digest content = Contents.digestOfPath(workspace, tree, selector, context.cancellation());
        id += "\nfrom " + content;
      }
    }
    CacheMounts.Sharing sharing =
        switch (cache.sharing()) {
          case SHARED -> CacheMounts.Sharing.SHARED;
          case PRIVATE -> CacheMounts.Sharing.PRIVATE;
          case LOCKED -> CacheMounts.Sharing.LOCKED;
        };
    return new CacheFolder(workspace, context, mount, id, sharing, initial, selector);
  }

  /** Takes the folder into use; waits for it where it must. */
  CacheMounts.Use use() throws IOException {
    return workspace.tools().cacheMounts().use(id, sharing, this::fill, context.cancellation());
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
