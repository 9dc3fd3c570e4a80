package dev.obdbuild.worker;

import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.snapshots.LocalImage;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.solver.CacheMap;
import dev.obdbuild.solver.Op;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.worker.WorkerResult.SnapshotResult;
import dev.obdbuild.worker.image.BaseImages;
import dev.obdbuild.worker.image.ResolveMode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A base image. Its key is the digest that its reference stands for. */
final class ImageStep implements Op<WorkerResult> {

  private final Workspace workspace;
  private final SourceOp op;
  private final Platform platform;
  private final ImageAttrs attrs;
  private @Nullable Reference resolved;

  ImageStep(Workspace workspace, Vertex vertex, SourceOp op) throws IOException {
    this.workspace = workspace;
    this.op = op;
    this.platform = vertex.platform().orElseGet(Platform::host);
    this.attrs = ImageAttrs.ofRegistry(op);
  }

  @Override
  public CacheMap<WorkerResult> cacheMap(OpContext context) throws IOException {
    Reference reference;
    try {
      reference = Reference.parse(op.location());
    } catch (IllegalArgumentException e) {
      throw new IOException(op.identifier() + ": " + e.getMessage(), e);
    }
    Reference exact = resolve(reference, context);
    Digest digest = exact.digest().orElseThrow();
    if (attrs.checksum().isPresent() && !attrs.checksum().get().equals(digest)) {
      throw new IOException(
          "image digest %s for %s does not match expected checksum %s"
              .formatted(digest, reference.canonical(), attrs.checksum().get()));
    }
    resolved = exact;
    workspace.sources().put(op, digest.toString());
    return attrs.key(digest, platform);
  }

  private Reference resolve(Reference reference, OpContext context) throws IOException {
    if (attrs.mode() == ResolveMode.LOCAL) {
      Optional<LocalImage> local = local(reference);
      if (local.isPresent()) {
        return reference.withDigest(local.get().manifest());
      }
    }
    try {
      return images().resolve(reference, context.progress());
    } catch (IOException e) {
      Optional<LocalImage> local = instead(reference, e);
      if (local.isPresent()) {
        return reference.withDigest(local.get().manifest());
      }
      throw e;
    }
  }

  @Override
  public List<WorkerResult> exec(OpContext context, List<WorkerResult> inputs) throws IOException {
    Reference exact = resolved;
    if (exact == null) {
      throw new IllegalStateException("the image is resolved with its key");
    }
    Optional<Snapshot> local =
        attrs.mode() == ResolveMode.LOCAL ? snapshot(local(exact)) : Optional.empty();
    return List.of(new SnapshotResult(local.isPresent() ? local.get() : open(exact, context)));
  }

  private Snapshot open(Reference exact, OpContext context) throws IOException {
    try {
      return images()
          .open(
              exact,
              platform,
              attrs.layerLimit(),
              workspace.session().lease(),
              context.progress(),
              context.cancellation());
    } catch (IOException e) {
      Optional<Snapshot> local = snapshot(instead(exact, e));
      if (local.isPresent()) {
        return local.get();
      }
      throw e;
    }
  }

  private BaseImages images() {
    return workspace.session().images();
  }

  /** What the local store has for a registry that failed; the failure is told if that fails too. */
  private Optional<LocalImage> instead(Reference reference, IOException failure)
      throws IOException {
    try {
      return attrs.mode() == ResolveMode.PULL ? Optional.empty() : local(reference);
    } catch (IOException e) {
      e.addSuppressed(failure);
      throw e;
    }
  }

  /** A part of an image is not what the local store keeps. */
  private Optional<LocalImage> local(Reference reference) throws IOException {
    return attrs.layerLimit().isPresent() ? Optional.empty() : images().local(reference, platform);
  }

  private Optional<Snapshot> snapshot(Optional<LocalImage> image) throws IOException {
    return image.isPresent()
        ? workspace.snapshots().get(image.get().snapshot(), workspace.session().lease())
        : Optional.empty();
  }
}
