package dev.obdbuild.builder.export;

import dev.obdbuild.llb.ExecOp;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.pusher.LayerUploader;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.snapshots.Snapshots;
import dev.obdbuild.solver.CacheMap;
import dev.obdbuild.solver.Op;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.solver.OpFactory;
import dev.obdbuild.worker.WorkerResult;
import dev.obdbuild.worker.WorkerResult.SnapshotResult;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * Makes the same operations as another factory, and has each layer that will be part of the image
 * sealed, and uploaded if it is to be pushed, as soon as its step is done: while the next one runs.
 *
 * @param chain vertices whose layers are part of the image
 * @param targets repositories that the image is pushed to; none for an image that stays here
 * @param made gets the layers that steps of this build made; thread-safe
 */
record EarlyLayers(
    OpFactory<WorkerResult> ops,
    Set<Digest> chain,
    Snapshots snapshots,
    LayerUploader uploader,
    Set<Repository> targets,
    Set<LayerSource> made)
    implements OpFactory<WorkerResult> {

  EarlyLayers {
    chain = Set.copyOf(chain);
    targets = Set.copyOf(targets);
  }

  @Override
  public Op<WorkerResult> make(Vertex vertex) throws Exception {
    Op<WorkerResult> op = ops.make(vertex);
    if (!chain.contains(vertex.digest())) {
      return op;
    }
    int output = vertex.op() instanceof ExecOp exec ? exec.root().output() : 0;
    return new Op<>() {
      @Override
      public CacheMap<WorkerResult> cacheMap(OpContext context) throws Exception {
        return op.cacheMap(context);
      }

      @Override
      public List<WorkerResult> exec(OpContext context, List<WorkerResult> inputs)
          throws Exception {
        List<WorkerResult> results = op.exec(context, inputs);
        if (output >= 0
            && output < results.size()
            && results.get(output) instanceof SnapshotResult result) {
          begin(result.snapshot(), vertex.op() instanceof SourceOp);
        }
        return results;
      }
    };
  }

  private void begin(Snapshot snapshot, boolean isBase) throws IOException {
    List<LayerSource> layers = snapshot.layers();
    if (layers.isEmpty() || layers.getLast().existing().isPresent()) {
      return;
    }
    if (!isBase) {
      made.add(layers.getLast());
    }
    snapshots.sealEarly(snapshot);
    targets.forEach(target -> uploader.begin(layers.getLast(), target));
  }
}
