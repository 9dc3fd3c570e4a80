package dev.obdbuild.builder.cache;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.pusher.cache.CacheStages;
import dev.obdbuild.solver.progress.OpProgress;
import dev.obdbuild.solver.progress.StatusProgress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** Shows an export's stages as statuses of its vertex. */
final class ExportStages implements CacheStages, AutoCloseable {

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Digest, StatusProgress> layers = new HashMap<>();
  private final OpProgress progress;

  ExportStages(OpProgress progress) {
    this.progress = progress;
  }

  @Override
  public Stage begin(String stage) {
    StatusProgress status = progress.status(stage);
    return status::close;
  }

  @Override
  public void layer(Descriptor layer, long sentBytes) {
    status(layer).update(sentBytes, layer.size());
  }

  @Override
  public void layerDone(Descriptor layer) {
    StatusProgress status = status(layer);
    status.update(layer.size(), layer.size());
    status.close();
  }

  private StatusProgress status(Descriptor layer) {
    lock.lock();
    try {
      return layers.computeIfAbsent(
          layer.digest(), digest -> progress.status("writing layer " + digest));
    } finally {
      lock.unlock();
    }
  }

  /** Ends what a failure left open. */
  @Override
  public void close() {
    lock.lock();
    try {
      layers.values().forEach(StatusProgress::close);
    } finally {
      lock.unlock();
    }
  }
}
