package dev.obdbuild.worker;

import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.solver.CacheMap;
import dev.obdbuild.solver.Op;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.worker.WorkerResult.SnapshotResult;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A base image. Its key is the digest that its reference stands for. */
final class ImageStep implements Op<WorkerResult> {

  private final Workspace workspace;
  private final SourceOp op;
  private final Platform platform;
  private @Nullable Reference resolved;

  ImageStep(Workspace workspace, Vertex vertex, SourceOp op) {
    this.workspace = workspace;
    this.op = op;
    this.platform = vertex.platform().orElseGet(Platform::host);
  }

  @Override
  public CacheMap<WorkerResult> cacheMap(OpContext context) throws IOException {
    Reference reference;
    try {
      reference = Reference.parse(op.location());
    } catch (IllegalArgumentException e) {
      throw new IOException(op.identifier() + ": " + e.getMessage(), e);
    }
    Reference exact = workspace.session().images().resolve(reference, context.progress());
    resolved = exact;
    return CacheMap.of(
        new OpKey("image", 1)
            .add("digest", exact.digest().orElseThrow().toString())
            .add("platform", platform.normalised().format())
            .digest(),
        List.of());
  }

  @Override
  public List<WorkerResult> exec(OpContext context, List<WorkerResult> inputs) throws IOException {
    Reference exact = resolved;
    if (exact == null) {
      throw new IllegalStateException("the image is resolved with its key");
    }
    Snapshot snapshot =
        workspace
            .session()
            .images()
            .open(
                exact,
                platform,
                workspace.session().lease(),
                context.progress(),
                context.cancellation());
    return List.of(new SnapshotResult(snapshot));
  }
}
