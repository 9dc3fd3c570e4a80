package dev.obdbuild.builder.build;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.registry.ImageManifest;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.solver.progress.ProgressSink;
import dev.obdbuild.solver.progress.VertexProgress;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/** What registries say of images, shown as the internal steps that BuildKit shows. Thread-safe. */
final class ImageMetadata {

  private final RegistryClient registry;
  private final ProgressSink progress;
  private final AtomicLong bytes = new AtomicLong();

  ImageMetadata(RegistryClient registry, ProgressSink progress) {
    this.registry = registry;
    this.progress = progress;
  }

  /**
   * An image.
   *
   * @param reference as it was asked for
   * @param digest what the name is pinned to: of the manifest, or of the index it is in
   * @param config as the registry has it
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Found(Reference reference, Digest digest, byte[] config) {

    ImageConfig parsed() throws IOException {
      return ImageConfig.parse(config, "config of " + reference);
    }
  }

  /**
   * Asks for an image.
   *
   * @param name of the step that is shown
   */
  Found resolve(Reference reference, Platform platform, String name) throws IOException {
    VertexProgress step = VertexProgress.begin(progress, name);
    try {
      ImageManifest image = registry.image(reference, platform);
      Descriptor config = image.manifest().config();
      byte[] body = registry.smallBlob(reference.where(), config);
      bytes.addAndGet(image.manifest().layers().stream().mapToLong(Descriptor::size).sum());
      step.complete();
      return new Found(reference, image.root().digest(), body);
    } catch (IOException | RuntimeException e) {
      step.fail(String.valueOf(e.getMessage()));
      throw e;
    }
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
