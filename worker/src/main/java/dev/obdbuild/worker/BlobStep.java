package dev.obdbuild.worker;

import dev.obdbuild.linux.file.Trees;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.snapshots.ActiveSnapshot;
import dev.obdbuild.solver.CacheMap;
import dev.obdbuild.solver.Op;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.worker.WorkerResult.SnapshotResult;
import dev.obdbuild.worker.source.blob.BlobSource;
import dev.obdbuild.worker.source.http.FileAttrs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A blob of a repository, or of an OCI layout that the build's caller lends, as a file. Its key is
 * its digest: nothing is fetched to know it.
 */
final class BlobStep implements Op<WorkerResult> {

  private final Workspace workspace;
  private final SourceOp op;
  private final FileAttrs attrs;
  private final BlobSource blob;

  BlobStep(Workspace workspace, SourceOp op) throws IOException {
    this.workspace = workspace;
    this.op = op;
    this.attrs = FileAttrs.of(op);
    this.blob = BlobSource.of(op);
    if (blob.inLayout() && blob.store().isEmpty()) {
      throw new IOException("oci-layout blob source requires store id");
    }
  }

  private String name() {
    return attrs.nameOr(blob.digest().hex());
  }

  @Override
  public CacheMap<WorkerResult> cacheMap(OpContext context) {
    workspace.sources().put(op, blob.digest().toString());
    return CacheMap.of(
        new OpKey("blob", 1)
            .add("name", name())
            .add("content", blob.digest().toString())
            .add("permissions", attrs.permissions())
            .add("uid", attrs.uid())
            .add("gid", attrs.gid())
            .digest(),
        List.of());
  }

  @Override
  public List<WorkerResult> exec(OpContext context, List<WorkerResult> inputs) throws IOException {
    Path temporary = workspace.snapshots().temporaryDirectory();
    try (ActiveSnapshot active = workspace.prepare(Optional.empty(), context, "blob")) {
      Path bytes = temporary.resolve("blob");
      new BlobFetch(workspace, context).fetch(blob, bytes);
      PlacedFile file =
          new PlacedFile(name(), attrs.permissions(), attrs.uid(), attrs.gid(), Optional.empty());
      workspace
          .snapshots()
          .mountThreads()
          .call(
              () -> {
                file.put(bytes, active.path());
                return true;
              });
      return List.of(new SnapshotResult(active.commit("blob " + op.location())));
    } finally {
      Trees.remove(temporary);
    }
  }
}
