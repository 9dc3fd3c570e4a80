package dev.obdbuild.builder.export;

import dev.obdbuild.builder.build.Build;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.pusher.AssembledImage;
import dev.obdbuild.pusher.ExportStages;
import dev.obdbuild.pusher.ImageAssembly;
import dev.obdbuild.pusher.ImagePusher;
import dev.obdbuild.pusher.ImageSet;
import dev.obdbuild.pusher.LayerUploader;
import dev.obdbuild.pusher.UploadProgress;
import dev.obdbuild.pusher.output.ImageOutput;
import java.io.IOException;
import java.util.List;

/** An image that is pushed, kept in the local store, or both. */
final class ImageExporter {

  private final Build build;
  private final boolean keep;
  private final LayerUploader uploader;
  private final ExportStages stages;
  private long sent;

  /**
   * An exporter for one output.
   *
   * @param keep whether an image that has names is kept in the local store
   */
  ImageExporter(Build build, boolean keep, LayerUploader uploader, ExportStages stages) {
    this.build = build;
    this.keep = keep;
    this.uploader = uploader;
    this.stages = stages;
  }

  ExportedImage run(ImageOutput output, Results results) throws IOException {
    List<String> plain = output.image().names(results.imageName());
    ImageSet set =
        ImageAssembly.assemble(
            new ImageMaker(build).platforms(output.image(), results),
            results.multiPlatform(),
            output.image(),
            plain,
            stages);
    Digest root = set.image().root().digest();
    List<String> names = output.names(results.imageName(), root);
    if (output.push()) {
      push(output, set, names.stream().map(name -> target(output, name)).toList());
    }
    if (keep && results.parts().size() == 1) {
      keep(output.storeNames(results.imageName(), root), set, results.parts().getFirst());
    }
    return ExportedImage.of(set.image(), names);
  }

  /** What is pushed by digest is to have no tag, so it gets none by default either. */
  private static Reference target(ImageOutput output, String name) {
    return output.pushByDigest() ? Reference.parseName(name) : Reference.parse(name);
  }

  private void push(ImageOutput output, ImageSet set, List<Reference> names) throws IOException {
    RegistryClient registry = build.lending().registry();
    if (!output.insecure()) {
      new ImagePusher(registry, uploader).push(set, names, output.pushByDigest(), stages);
      return;
    }
    for (Reference name : names) {
      registry = registry.insecure(name.where().registry());
    }
    // Nothing was begun early: the other uploads are of a client that trusts less.
    try (LayerUploader own = new LayerUploader(registry, UploadProgress.NONE)) {
      new ImagePusher(registry, own).push(set, names, output.pushByDigest(), stages);
      sent += own.sentBytes();
    }
  }

  /** Bytes that went up besides those of the common uploads. */
  long sentBytes() {
    return sent;
  }

  /** The store holds images of one platform: its own. */
  private void keep(List<String> names, ImageSet set, SolvedPart part) throws IOException {
    AssembledImage image = set.image().images().getFirst();
    long size = image.layers().stream().mapToLong(Descriptor::size).sum();
    for (String name : names) {
      String canonical = Reference.parse(name).canonical();
      try (ExportStages.Stage stage = stages.begin("naming to " + canonical)) {
        stage.update(0, 0);
        build
            .engine()
            .snapshots()
            .images()
            .put(canonical, image.manifest(), image.config(), part.snapshot(), size);
      }
    }
  }
}
