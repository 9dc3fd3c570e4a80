package dev.obdbuild.worker.image;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.snapshots.BaseProgress;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.progress.OpProgress;
import dev.obdbuild.solver.progress.StatusProgress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Shows the layers of a base image as BuildKit does: {@code sha256:… 1MB / 2MB} while a layer is
 * read. Layers that are opened lazily are not shown. Closing ends what is still shown.
 */
public final class LayerStatuses implements BaseProgress, AutoCloseable {

  private final ReentrantLock lock = new ReentrantLock();
  private final OpProgress progress;
  private final Cancellation cancellation;
  private final Map<Digest, StatusProgress> open = new LinkedHashMap<>();

  /** Statuses of one vertex; converting ends when the cancellation comes. */
  public LayerStatuses(OpProgress progress, Cancellation cancellation) {
    this.progress = progress;
    this.cancellation = cancellation;
  }

  @Override
  public void layer(Descriptor layer, long bytes, boolean done) {
    if (!done) {
      // Ends the conversion: the report is the only place where it listens.
      cancellation.throwIfCancelled();
    }
    lock.lock();
    try {
      StatusProgress status = open.get(layer.digest());
      if (status == null) {
        if (done) {
          return;
        }
        status = progress.status(layer.digest().toString());
        open.put(layer.digest(), status);
      }
      status.update(bytes, layer.size());
      if (done) {
        status.update(layer.size(), layer.size());
        status.close();
        try (StatusProgress extracted = progress.status("extracting " + layer.digest())) {
          extracted.update(0, 0);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void differs(String what) {
    progress.warn(what, List.of(), "", Optional.empty(), List.of());
  }

  @Override
  public void close() {
    lock.lock();
    try {
      open.values().forEach(StatusProgress::close);
    } finally {
      lock.unlock();
    }
  }
}
