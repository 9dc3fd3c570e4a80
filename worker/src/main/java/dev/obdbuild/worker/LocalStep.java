package dev.obdbuild.worker;

import dev.obdbuild.llb.SourceAttr;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.solver.CacheMap;
import dev.obdbuild.solver.Op;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.solver.progress.StatusProgress;
import dev.obdbuild.worker.WorkerResult.TreeResult;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.LocalFilter;
import dev.obdbuild.worker.source.local.LocalRequest;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A folder of the caller. It is opened when its key is asked for, since its content is its key; the
 * result is that open folder.
 */
final class LocalStep implements Op<WorkerResult> {

  private final Workspace workspace;
  private final SourceOp op;
  private final Consumer<FileTree> opened;
  private @Nullable FileTree tree;

  /**
   * A step that opens a folder.
   *
   * @param opened gets the folder, to close it when the build is over
   */
  LocalStep(Workspace workspace, SourceOp op, Consumer<FileTree> opened) {
    this.workspace = workspace;
    this.op = op;
    this.opened = opened;
  }

  @Override
  public CacheMap<WorkerResult> cacheMap(OpContext context) throws IOException {
    String name = op.location();
    LocalFilter filter =
        new LocalFilter(
            list(SourceAttr.LOCAL_FOLLOW_PATHS),
            list(SourceAttr.LOCAL_INCLUDE_PATTERNS),
            list(SourceAttr.LOCAL_EXCLUDE_PATTERNS));
    try (StatusProgress status =
        context.progress().status("transferring " + name + ":", "transferring")) {
      AtomicBoolean carried = new AtomicBoolean();
      LocalRequest request =
          new LocalRequest(
              name,
              filter,
              op.attrs(),
              bytes -> {
                carried.set(true);
                status.add(bytes);
              });
      FileTree found =
          workspace
              .snapshots()
              .mountThreads()
              .call(() -> workspace.session().locals().open(request));
      opened.accept(found);
      tree = found;
      Digest content =
          Contents.digestOfLocal(
              workspace,
              found,
              bytes -> {
                context.cancellation().throwIfCancelled();
                // What came over a session has been counted as it came.
                if (!carried.get()) {
                  status.add(bytes);
                }
              });
      return CacheMap.ofThisSolve(
          new OpKey("local", 1).add("content", content.toString()).digest());
    }
  }

  private List<String> list(String attribute) throws IOException {
    return LocalRequest.texts(op.attrs(), attribute, op.identifier());
  }

  @Override
  public List<WorkerResult> exec(OpContext context, List<WorkerResult> inputs) {
    FileTree found = tree;
    if (found == null) {
      throw new IllegalStateException("the folder is opened with its key");
    }
    return List.of(new TreeResult(found));
  }
}
