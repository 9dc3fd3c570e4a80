package dev.obdbuild.worker;

import dev.obdbuild.llb.SourceAttr;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.oci.content.ContentStore;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.solver.CacheMap;
import dev.obdbuild.solver.Op;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.worker.WorkerResult.SnapshotResult;
import dev.obdbuild.worker.image.LayoutImages;
import java.io.IOException;
import java.util.List;

/** An image of an OCI layout that the build's caller lends. Its key is that of the same image. */
final class LayoutStep implements Op<WorkerResult> {

  private final Workspace workspace;
  private final SourceOp op;
  private final Platform platform;
  private final ImageAttrs attrs;
  private final String name;
  private final Digest digest;

  LayoutStep(Workspace workspace, Platform platform, SourceOp op) throws IOException {
    this.workspace = workspace;
    this.op = op;
    this.platform = platform;
    this.attrs = ImageAttrs.ofLayout(op);
    String location = op.location();
    int at = location.lastIndexOf('@');
    if (at <= 0) {
      throw new IOException("oci-layout reference \"" + location + "\" has no digest");
    }
    this.name = location.substring(0, at);
    try {
      this.digest = Digest.parse(location.substring(at + 1));
    } catch (IllegalArgumentException e) {
      throw new IOException(op.identifier() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public CacheMap<WorkerResult> cacheMap(OpContext context) {
    workspace.sources().put(op, digest.toString());
    return attrs.key(digest, platform);
  }

  @Override
  public List<WorkerResult> exec(OpContext context, List<WorkerResult> inputs) throws IOException {
    ContentStore store = store();
    return List.of(
        new SnapshotResult(
            workspace
                .session()
                .images()
                .open(
                    store,
                    op.identifier(),
                    LayoutImages.resolve(store, name, digest, platform),
                    attrs.layerLimit(),
                    workspace.session().lease(),
                    context.progress(),
                    context.cancellation())));
  }

  private ContentStore store() throws IOException {
    return workspace
        .session()
        .layouts()
        .open(
            op.attrs().getOrDefault(SourceAttr.OCI_SESSION, ""),
            op.attrs().getOrDefault(SourceAttr.OCI_STORE, untagged(name)));
  }

  /** Its documents. */
  LayoutImages.LayoutImage resolve() throws IOException {
    return LayoutImages.resolve(store(), name, digest, platform);
  }

  private static String untagged(String name) {
    int colon = name.lastIndexOf(':');
    return colon > name.lastIndexOf('/') ? name.substring(0, colon) : name;
  }
}
