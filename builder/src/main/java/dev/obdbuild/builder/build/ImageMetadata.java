package dev.obdbuild.builder.build;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.registry.ImageManifest;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.snapshots.ImageRecords;
import dev.obdbuild.snapshots.LocalImage;
import dev.obdbuild.solver.progress.ProgressSink;
import dev.obdbuild.solver.progress.VertexProgress;
import dev.obdbuild.worker.image.BaseImages;
import dev.obdbuild.worker.image.ResolveMode;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What registries and the local store say of images, shown as the internal steps that BuildKit
 * shows. Thread-safe.
 */
final class ImageMetadata {

  private final RegistryClient registry;
  private final BaseImages images;
  private final ImageRecords records;
  private final ProgressSink progress;
  private final AtomicLong bytes = new AtomicLong();
  private final Map<Asked, CompletableFuture<Found>> asked = new ConcurrentHashMap<>();

  /** A question. The plans of several platforms may have the same one: it is asked once. */
  private record Asked(Reference reference, Platform platform, ResolveMode mode, String name) {}

  /**
   * @param images finds those of the local store
   * @param records of the local store
   */
  ImageMetadata(
      RegistryClient registry, BaseImages images, ImageRecords records, ProgressSink progress) {
    this.registry = registry;
    this.images = images;
    this.records = records;
    this.progress = progress;
  }

  /**
   * An image.
   *
   * @param reference as it was asked for
   * @param digest what the name is pinned to: of the manifest, or of the index it is in
   * @param config as the registry has it, but for an acceleration layer
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Found(Reference reference, Digest digest, byte[] config) {}

  /**
   * Asks for an image.
   *
   * @param mode whether the local store is asked too
   * @param name of the step that is shown
   */
  Found resolve(Reference reference, Platform platform, ResolveMode mode, String name)
      throws IOException {
    var mine = new CompletableFuture<Found>();
    Asked question = new Asked(reference, platform, mode, name);
    CompletableFuture<Found> first = asked.putIfAbsent(question, mine);
    if (first != null) {
      return answer(first);
    }
    try {
      Found found = shown(name, () -> find(reference, platform, mode));
      mine.complete(found);
      return found;
    } catch (IOException | RuntimeException | Error e) {
      asked.remove(question);
      mine.completeExceptionally(e);
      throw e;
    }
  }

  private static Found answer(CompletableFuture<Found> first) throws IOException {
    try {
      return first.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException told) {
        throw told;
      }
      throw e;
    }
  }

  /** What a name is pinned to; nothing else is read. */
  Digest digest(Reference reference, String name) throws IOException {
    return shown(
        name,
        () ->
            reference.digest().isPresent()
                ? reference.digest().get()
                : registry.resolve(reference).descriptor().digest());
  }

  /** Something that is asked. */
  @FunctionalInterface
  private interface Question<T> {
    T ask() throws IOException;
  }

  private <T> T shown(String name, Question<T> question) throws IOException {
    VertexProgress step = VertexProgress.begin(progress, name);
    try {
      T answer = question.ask();
      step.complete();
      return answer;
    } catch (IOException | RuntimeException e) {
      step.fail(String.valueOf(e.getMessage()));
      throw e;
    }
  }

  private Found find(Reference reference, Platform platform, ResolveMode mode) throws IOException {
    Optional<LocalImage> local =
        mode == ResolveMode.LOCAL ? images.local(reference, platform) : Optional.empty();
    if (local.isPresent()) {
      return of(reference, local.get());
    }
    try {
      return ask(reference, platform);
    } catch (IOException e) {
      Optional<LocalImage> instead =
          mode == ResolveMode.DEFAULT ? images.local(reference, platform) : Optional.empty();
      if (instead.isPresent()) {
        return of(reference, instead.get());
      }
      throw e;
    }
  }

  private Found of(Reference reference, LocalImage local) throws IOException {
    bytes.addAndGet(local.size());
    return new Found(reference, local.manifest(), records.config(local));
  }

  private Found ask(Reference reference, Platform platform) throws IOException {
    ImageManifest image = registry.image(reference, platform);
    Descriptor config = image.manifest().config();
    byte[] body = registry.smallBlob(reference.where(), config);
    if (image.manifest().accelerationLayer().isPresent()) {
      // What is built upon it stands on its filesystem alone.
      body = ImageConfig.parse(body, config.digest().toString()).withoutTopLayer().toJson();
    }
    bytes.addAndGet(image.manifest().layers().stream().mapToLong(Descriptor::size).sum());
    return new Found(reference, image.root().digest(), body);
  }

  /** The name of the step for an image. */
  static String stepName(Reference reference) {
    return "[internal] load metadata for " + reference.canonical();
  }

  /** Compressed bytes of the layers of all images asked for so far. */
  long layerBytes() {
    return bytes.get();
  }
}
