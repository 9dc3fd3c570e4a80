package dev.obdbuild.worker;

import dev.obdbuild.llb.BuildOp;
import dev.obdbuild.llb.DiffOp;
import dev.obdbuild.llb.ExecOp;
import dev.obdbuild.llb.FileOp;
import dev.obdbuild.llb.MergeOp;
import dev.obdbuild.llb.PassthroughOp;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.snapshots.ActiveSnapshot;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.solver.Op;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.solver.OpFactory;
import dev.obdbuild.solver.ResultStore;
import dev.obdbuild.worker.cachemount.FolderId;
import dev.obdbuild.worker.cachemount.ImportedFolders;
import dev.obdbuild.worker.image.LayoutImages;
import dev.obdbuild.worker.source.blob.BlobSource;
import dev.obdbuild.worker.source.git.GitCommit;
import dev.obdbuild.worker.source.git.GitObjects;
import dev.obdbuild.worker.source.http.HashedFile;
import dev.obdbuild.worker.source.http.HttpFile;
import dev.obdbuild.worker.source.http.SuffixedHash;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Makes the vertices of one build executable. Thread-safe. Borrows its tools and what the session
 * lends; closing it, after the last solve, closes and deletes what was opened for the build.
 */
public final class Worker implements OpFactory<WorkerResult>, AutoCloseable {

  private final Workspace workspace;
  private final NestedBuilds nested;
  private final BuildFiles files;

  /** A worker that refuses nested builds. */
  public Worker(WorkerTools tools, WorkerSession session) {
    this(tools, session, NestedBuilds.refused());
  }

  /** A worker whose cache mounts come from here only. */
  public Worker(WorkerTools tools, WorkerSession session, NestedBuilds nested) {
    this(tools, session, nested, ImportedFolders.none());
  }

  /**
   * @param folders what cache mounts start with that are new here
   */
  public Worker(
      WorkerTools tools, WorkerSession session, NestedBuilds nested, ImportedFolders folders) {
    this.workspace = new Workspace(tools, session, new ResolvedSources(), new BuildMounts(folders));
    this.nested = nested;
    this.files = new BuildFiles(tools.snapshots());
  }

  /** Keeps this build's results. */
  public ResultStore<WorkerResult> results() {
    return new WorkerResults(workspace.snapshots(), workspace.session().lease());
  }

  /** What this build's sources stood for. */
  public ResolvedSources sources() {
    return workspace.sources();
  }

  /** Folders of the cache mounts of all steps that were carried out so far. */
  public Set<FolderId> usedFolders() {
    return Set.copyOf(workspace.mounts().used());
  }

  /**
   * The operation of a vertex.
   *
   * @throws RefusedException for what this builder does not do, named
   * @throws IOException for a source whose attributes make no sense
   */
  @Override
  public Op<WorkerResult> make(Vertex vertex) throws IOException {
    Op<WorkerResult> step = step(vertex);
    Optional<String> filesystem = workspace.snapshots().newFilesystem().difference();
    return filesystem.isPresent() ? new StepOnFilesystem(step, filesystem.get()) : step;
  }

  private Op<WorkerResult> step(Vertex vertex) throws IOException {
    return switch (vertex.op()) {
      case SourceOp source -> source(vertex, source);
      case ExecOp exec -> new ExecStep(workspace, vertex, exec);
      case FileOp file -> new FileStep(workspace, vertex, file);
      case MergeOp merge -> new MergeStep(workspace, vertex, merge);
      case PassthroughOp pass -> new PassthroughStep(vertex, pass);
      case DiffOp diff -> new DiffStep(workspace, vertex, diff);
      case BuildOp build -> new BuildStep(workspace, this, nested, vertex, build);
    };
  }

  /**
   * A container over results, for a gateway's client or an external frontend. The caller closes it.
   *
   * @param inputs what the request's mounts name by index
   * @param context its cancellation kills what runs in the container
   * @throws RefusedException when it asks for more than the caller is entitled to
   */
  public GatewayContainer container(
      ContainerRequest request, List<WorkerResult> inputs, OpContext context) throws IOException {
    return GatewayContainer.open(workspace, request, inputs, context);
  }

  private Op<WorkerResult> source(Vertex vertex, SourceOp source) throws IOException {
    return switch (source.scheme()) {
      case "docker-image" -> new ImageStep(workspace, vertex, source);
      case "git" -> new GitStep(workspace, source);
      case "oci-layout" ->
          new LayoutStep(workspace, vertex.platform().orElseGet(Platform::host), source);
      case "local" -> new LocalStep(workspace, source, files::add);
      case "http", "https" -> new HttpStep(workspace, source, files);
      case BlobSource.IN_REGISTRY, BlobSource.IN_LAYOUT -> new BlobStep(workspace, source);
      default ->
          throw new RefusedException(
              "sources of kind "
                  + source.scheme()
                  + ":// are not supported by this builder: "
                  + source.identifier());
    };
  }

  /** What a {@code git} source's ref stands for now. */
  public GitCommit git(SourceOp source, OpContext context) throws IOException {
    return new GitStep(workspace, source).resolve(context);
  }

  /** The file of an {@code http} or {@code https} source as the server has it now; no bytes. */
  public HttpFile http(SourceOp source, OpContext context) throws IOException {
    return new HttpStep(workspace, source, files).resolve(context);
  }

  /** The same with the objects of commit and tag, which are fetched. */
  public GitObjects gitObjects(SourceOp source, OpContext context) throws IOException {
    return new GitStep(workspace, source).objects(context);
  }

  /** The same with a hash over the file, which is fetched, and some bytes behind it. */
  public HashedFile http(SourceOp source, SuffixedHash wanted, OpContext context)
      throws IOException {
    return new HttpStep(workspace, source, files).hashed(wanted, context);
  }

  /** The documents of an {@code oci-layout} source. */
  public LayoutImages.LayoutImage layout(SourceOp source, Platform platform) throws IOException {
    return new LayoutStep(workspace, platform, source).resolve();
  }

  /** Opens a result of this build for reading. The caller closes it. */
  public InputTree open(WorkerResult result) throws IOException {
    return InputTree.open(workspace.snapshots(), result);
  }

  /** A result as a snapshot: the caller's own files are copied onto an empty filesystem. */
  public Snapshot snapshot(WorkerResult result, OpContext context) throws IOException {
    return switch (result) {
      case WorkerResult.SnapshotResult made -> made.snapshot();
      case WorkerResult.TreeResult local -> {
        try (ActiveSnapshot active =
            workspace.prepare(Optional.of(local), context, workspace.newName("export"))) {
          yield active.commit("local files");
        }
      }
    };
  }

  @Override
  public void close() throws IOException {
    files.close();
  }
}
