package dev.obdbuild.builder;

import dev.obdbuild.frontend.plan.ResolveMode;
import dev.obdbuild.frontend.plan.ResolvedImage;
import dev.obdbuild.frontend.plan.Sources;
import dev.obdbuild.frontend.plan.Warning;
import dev.obdbuild.llb.SourceLocation.LineRange;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.registry.ImageManifest;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.solver.progress.ProgressEvent;
import dev.obdbuild.solver.progress.ProgressSink;
import dev.obdbuild.solver.progress.StatusProgress;
import dev.obdbuild.solver.progress.VertexProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * What a Dockerfile's frontend asks for: files of this host's folders and images of registries,
 * shown as the internal steps that BuildKit shows. Used for one plan.
 */
final class BuildSources implements Sources {

  private static final String IGNORE = ".dockerignore";

  private final Path definitionFolder;
  private final Path contextFolder;
  private final RegistryClient registry;
  private final ProgressSink sink;
  private final Map<Digest, Long> baseSizes = new ConcurrentHashMap<>();
  private final VertexProgress definition;

  /** News of the ignore file: shown behind the base images, as BuildKit reads it after them. */
  private final List<ProgressEvent> held = new CopyOnWriteArrayList<>();

  private @Nullable VertexProgress ignore;

  BuildSources(
      DockerfilePlace dockerfile, Path contextFolder, RegistryClient registry, ProgressSink sink) {
    this.definitionFolder = dockerfile.folder();
    this.contextFolder = contextFolder;
    this.registry = registry;
    this.sink = sink;
    this.definition =
        VertexProgress.begin(sink, "[internal] load build definition from " + dockerfile.name());
  }

  @Override
  public Optional<byte[]> readDefinition(String path) throws IOException {
    if (path.endsWith(IGNORE)) {
      // It names no file that must be there: whether it is the one that counts shows what comes
      // next.
      VertexProgress step = VertexProgress.begin(held::add, "[internal] load " + IGNORE);
      Optional<byte[]> own = read(definitionFolder.resolve(path), step, "transferring context:");
      if (own.isPresent()) {
        step.complete();
      } else {
        ignore = step;
      }
      return own;
    }
    Optional<byte[]> found =
        read(definitionFolder.resolve(path), definition, "transferring dockerfile:");
    if (found.isPresent()) {
      definition.complete();
    }
    return found;
  }

  @Override
  public Optional<byte[]> readContext(String path) throws IOException {
    VertexProgress step =
        ignore != null ? ignore : VertexProgress.begin(held::add, "[internal] load " + path);
    ignore = null;
    try {
      return read(contextFolder.resolve(path), step, "transferring context:");
    } finally {
      step.complete();
    }
  }

  private static Optional<byte[]> read(Path file, VertexProgress step, String status)
      throws IOException {
    try (StatusProgress transfer = step.work().status(status)) {
      if (!Files.isRegularFile(file)) {
        return Optional.empty();
      }
      byte[] content = Files.readAllBytes(file);
      transfer.update(content.length, 0);
      return Optional.of(content);
    }
  }

  @Override
  public ResolvedImage resolveImage(Reference reference, Platform platform, ResolveMode mode)
      throws IOException {
    VertexProgress step =
        VertexProgress.begin(sink, "[internal] load metadata for " + reference.canonical());
    try {
      ImageManifest image = registry.image(reference, platform);
      Descriptor config = image.manifest().config();
      ImageConfig parsed =
          ImageConfig.parse(
              registry.smallBlob(reference.where(), config), config.digest().toString());
      baseSizes.put(
          image.descriptor().digest(),
          image.manifest().layers().stream().mapToLong(Descriptor::size).sum());
      step.complete();
      return new ResolvedImage(reference, image.root().digest(), parsed);
    } catch (IOException e) {
      step.fail(String.valueOf(e.getMessage()));
      throw e;
    }
  }

  /**
   * Shows what is left to show of a plan that succeeded, and what looks wrong in the Dockerfile.
   */
  void planned(List<Warning> warnings) {
    held.forEach(sink::accept);
    for (Warning warning : warnings) {
      definition
          .work()
          .warn(
              warning.toString(),
              List.of(warning.description()),
              warning.url(),
              Optional.empty(),
              List.of(new LineRange(warning.lines().first(), warning.lines().last())));
    }
  }

  /** Ends the step that a failure left open. */
  void abandon(String error) {
    definition.abandon(error);
  }

  /** Compressed bytes of all base images that were resolved. */
  long baseBytes() {
    return baseSizes.values().stream().mapToLong(Long::longValue).sum();
  }
}
