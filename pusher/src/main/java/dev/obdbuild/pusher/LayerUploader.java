package dev.obdbuild.pusher;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.oci.image.SealedLayer;
import dev.obdbuild.oci.registry.RegistryClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Brings layers into one or more repositories, each once. Uploads begin as soon as a layer is
 * handed over, so they run beside the steps that follow it. Thread-safe.
 *
 * <p>Waiting for a layer to be sealed happens on virtual threads; the bytes that go up are read
 * from plain files.
 */
public final class LayerUploader implements AutoCloseable {

  private static final int PARALLEL = 4;

  private final RegistryClient registry;
  private final UploadProgress progress;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore slots = new Semaphore(PARALLEL);
  private final Map<Key, Future<Void>> uploads = new HashMap<>();
  private final AtomicLong sent = new AtomicLong();

  private record Key(LayerSource layer, Repository target) {}

  /** An uploader over a client that it does not close. */
  public LayerUploader(RegistryClient registry, UploadProgress progress) {
    this.registry = registry;
    this.progress = progress;
  }

  /** Starts to bring a layer into a repository, unless that has been asked for already. */
  public void begin(LayerSource layer, Repository target) {
    Future<Void> ignored = upload(layer, target);
  }

  private synchronized Future<Void> upload(LayerSource layer, Repository target) {
    return uploads.computeIfAbsent(
        new Key(layer, target),
        key ->
            threads.submit(
                () -> {
                  bring(layer, target);
                  return null;
                }));
  }

  /**
   * Returns when all layers are in a repository; starts those that have not been begun.
   *
   * @throws IOException the first failure, after all of them have ended
   */
  public void await(List<LayerSource> layers, Repository target) throws IOException {
    await(layers, List.of(), target);
  }

  /** The same, with configs and statements that go up beside the layers. */
  void await(List<LayerSource> layers, List<Document> documents, Repository target)
      throws IOException {
    List<Future<Void>> all = new ArrayList<>();
    layers.forEach(layer -> all.add(upload(layer, target)));
    for (Document document : documents) {
      all.add(
          threads.submit(
              () -> {
                registry.push(target, document.descriptor().digest(), document.bytes());
                return null;
              }));
    }
    List<IOException> failures = new ArrayList<>();
    for (Future<Void> one : all) {
      try {
        one.get();
      } catch (ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        failures.add(new IOException(String.valueOf(cause.getMessage()), cause));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while uploading to " + target, e);
      }
    }
    if (!failures.isEmpty()) {
      throw failures.getFirst();
    }
  }

  /** Bytes of layers that went over the wire so far. */
  public long sentBytes() {
    return sent.get();
  }

  private void bring(LayerSource layer, Repository target)
      throws IOException, InterruptedException {
    if (layer.existing().isPresent()) {
      LayerBlob blob = layer.existing().get();
      Digest digest = blob.descriptor().digest();
      if (blob.repository().equals(target) || registry.exists(target, digest)) {
        progress.uploaded(blob.descriptor(), 0);
        return;
      }
      boolean sameRegistry = blob.repository().registry().equals(target.registry());
      if (sameRegistry && registry.mount(target, digest, blob.repository())) {
        progress.uploaded(blob.descriptor(), 0);
        return;
      }
    }
    // For a layer of another registry this fetches it whole: there is no other way to push it.
    SealedLayer sealed = layer.seal();
    Descriptor descriptor = sealed.descriptor();
    if (registry.exists(target, descriptor.digest())) {
      progress.uploaded(descriptor, 0);
      return;
    }
    slots.acquire();
    try {
      registry.upload(
          target, descriptor, sealed.file(), bytes -> progress.uploading(descriptor, bytes));
      sent.addAndGet(descriptor.size());
      progress.uploaded(descriptor, descriptor.size());
    } finally {
      slots.release();
    }
  }

  /** Interrupts what still runs and waits for it. */
  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
