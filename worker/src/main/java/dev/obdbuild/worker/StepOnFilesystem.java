package dev.obdbuild.worker;

import dev.obdbuild.solver.CacheMap;
import dev.obdbuild.solver.Op;
import dev.obdbuild.solver.OpContext;
import java.util.List;

/**
 * A step whose results lie on filesystems that are not the usual ones: they are not taken for those
 * of the same step elsewhere.
 *
 * @param filesystem what sets the filesystems apart
 */
record StepOnFilesystem(Op<WorkerResult> step, String filesystem) implements Op<WorkerResult> {

  @Override
  public CacheMap<WorkerResult> cacheMap(OpContext context) throws Exception {
    CacheMap<WorkerResult> own = step.cacheMap(context);
    if (!own.shared()) {
      return own; // the caller's files, which lie on no filesystem yet
    }
    OpKey key =
        new OpKey("filesystem", 1)
            .add("kind", filesystem)
            .add("operation", own.operation().toString());
    return CacheMap.of(key.digest(), own.inputs());
  }

  @Override
  public List<WorkerResult> exec(OpContext context, List<WorkerResult> inputs) throws Exception {
    return step.exec(context, inputs);
  }
}
