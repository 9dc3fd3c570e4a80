package dev.obdbuild.worker;

import dev.obdbuild.llb.PassthroughOp;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.solver.CacheMap;
import dev.obdbuild.solver.InputKey;
import dev.obdbuild.solver.Op;
import dev.obdbuild.solver.OpContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Hands its inputs on. */
record PassthroughStep(Vertex vertex, PassthroughOp op) implements Op<WorkerResult> {

  @Override
  public CacheMap<WorkerResult> cacheMap(OpContext context) {
    OpKey key = new OpKey("passthrough", 1);
    op.outputs().forEach(output -> key.add("output", output));
    return CacheMap.of(key.digest(), byKey(vertex));
  }

  /** All inputs by key. */
  static List<InputKey<WorkerResult>> byKey(Vertex vertex) {
    return new ArrayList<>(
        Collections.nCopies(vertex.inputs().size(), new InputKey.ByKey<WorkerResult>()));
  }

  @Override
  public List<WorkerResult> exec(OpContext context, List<WorkerResult> inputs) {
    return op.outputs().stream().map(inputs::get).toList();
  }
}
