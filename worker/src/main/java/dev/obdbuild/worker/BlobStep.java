package dev.obdbuild.worker;

import dev.obdbuild.llb.SourceAttr;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.oci.content.ContentStore;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.snapshots.ActiveSnapshot;
import dev.obdbuild.solver.CacheMap;
import dev.obdbuild.solver.Op;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.solver.progress.StatusProgress;
import dev.obdbuild.worker.WorkerResult.SnapshotResult;
import dev.obdbuild.worker.source.http.FileAttrs;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/**
 * A blob of a repository, or of an OCI layout that the build's caller lends, as a file. Its key is
 * its digest: nothing is fetched to know it.
 */
final class BlobStep implements Op<WorkerResult> {

  /** A blob in a repository. */
  static final String IN_REGISTRY = "docker-image+blob";

  /** A blob in a layout. */
  static final String IN_LAYOUT = "oci-layout+blob";

  private static final int COPY_BYTES = 1 << 16;

  private final Workspace workspace;
  private final SourceOp op;
  private final FileAttrs attrs;
  private final Reference reference;
  private final Digest digest;

  BlobStep(Workspace workspace, SourceOp op) throws IOException {
    this.workspace = workspace;
    this.op = op;
    this.attrs = FileAttrs.of(op);
    try {
      this.reference = Reference.parseName(op.location());
    } catch (IllegalArgumentException e) {
      throw new IOException(op.identifier() + ": " + e.getMessage(), e);
    }
    this.digest =
        reference
            .digest()
            .orElseThrow(() -> new IOException(op.identifier() + ": a blob needs a digest"));
    if (op.scheme().equals(IN_LAYOUT) && store().isEmpty()) {
      throw new IOException("oci-layout blob source requires store id");
    }
  }

  private String store() {
    return op.attrs().getOrDefault(SourceAttr.OCI_STORE, "");
  }

  private String name() {
    return attrs.nameOr(digest.hex());
  }

  @Override
  public CacheMap<WorkerResult> cacheMap(OpContext context) {
    workspace.sources().put(op, digest.toString());
    return CacheMap.of(
        new OpKey("blob", 1)
            .add("name", name())
            .add("content", digest.toString())
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
      fetch(bytes, context);
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
      TreeFill.delete(temporary);
    }
  }

  private void fetch(Path target, OpContext context) throws IOException {
    MessageDigest hash = digest.newHash();
    try (StatusProgress status = context.progress().status("fetching " + digest);
        InputStream in = open();
        OutputStream out = Files.newOutputStream(target)) {
      byte[] buffer = new byte[COPY_BYTES];
      long total = 0;
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        context.cancellation().throwIfCancelled();
        hash.update(buffer, 0, n);
        out.write(buffer, 0, n);
        total += n;
        status.update(total, 0);
      }
    }
    Digest found = digest.finish(hash);
    if (!found.equals(digest)) {
      throw new IOException(
          "digest mismatch for " + op.identifier() + ": " + found + " (expected: " + digest + ")");
    }
  }

  private InputStream open() throws IOException {
    if (op.scheme().equals(IN_REGISTRY)) {
      return workspace.session().images().blob(reference.where(), digest);
    }
    ContentStore store =
        workspace
            .session()
            .layouts()
            .open(op.attrs().getOrDefault(SourceAttr.OCI_SESSION, ""), store());
    return store.read(digest, 0, Long.MAX_VALUE);
  }
}
