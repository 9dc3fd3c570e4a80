package dev.obdbuild.worker;

import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.llb.BuildOp;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Op;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.solver.CacheMap;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.worker.content.FileTree;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/** A build inside the build: its graph is a file of an input. */
record BuildStep(Workspace workspace, Worker worker, NestedBuilds builds, Vertex vertex, BuildOp op)
    implements dev.obdbuild.solver.Op<WorkerResult> {

  private static final String DEFINITION = "buildkit.llb.definition";
  private static final String FILE_NAME = "llbbuild.filename";
  private static final long LIMIT = 64L << 20;

  @Override
  public CacheMap<WorkerResult> cacheMap(OpContext context) throws RefusedException {
    if (op.builder() != Op.NONE) {
      throw new RefusedException("only LLB builder is currently allowed");
    }
    OpKey key = new OpKey("build", 1);
    op.inputs().forEach((name, index) -> key.add("input", name).add("index", index));
    op.attrs().forEach((name, value) -> key.add("attribute", name).add("value", value));
    return CacheMap.of(key.digest(), PassthroughStep.byKey(vertex));
  }

  @Override
  public List<WorkerResult> exec(OpContext context, List<WorkerResult> inputs) throws IOException {
    Integer index = op.inputs().get(DEFINITION);
    if (index == null) {
      throw new IOException("no llb definition input " + DEFINITION + " found");
    }
    String file = op.attrs().getOrDefault(FILE_NAME, DEFINITION);
    byte[] definition;
    try (InputTree input = InputTree.open(workspace.snapshots(), inputs.get(index))) {
      definition = workspace.snapshots().mountThreads().call(() -> read(input.tree(), file));
      input.confirm();
    }
    Graph graph = Graph.ofBytes(definition);
    if (graph.result().isEmpty()) {
      return List.of(workspace.scratch());
    }
    return List.of(builds.result(worker, graph, context.cancellation()));
  }

  private static byte[] read(FileTree tree, String file) throws IOException {
    RawPath real = tree.resolve(RawPath.of(file), true);
    Optional<Stat> there = tree.find(real);
    if (there.isEmpty() || !there.get().isRegular()) {
      throw new IOException("nested build: " + file + " is not a regular file of its input");
    }
    if (there.get().size() > LIMIT) {
      throw new IOException("nested build: " + file + " has " + there.get().size() + " bytes");
    }
    try (OpenFile open = tree.read(real)) {
      byte[] content = new byte[(int) there.get().size()];
      open.readFully(MemorySegment.ofArray(content), 0);
      tree.confirm(real, open);
      return content;
    }
  }
}
