package dev.obdbuild.builder;

import dev.obdbuild.builder.build.Build;
import dev.obdbuild.builder.build.BuildResult;
import dev.obdbuild.builder.build.FrontendRequest;
import dev.obdbuild.builder.build.Lending;
import dev.obdbuild.builder.cache.LocalStores;
import dev.obdbuild.builder.config.BuildOptions;
import dev.obdbuild.builder.export.Export;
import dev.obdbuild.builder.export.Export.Exported;
import dev.obdbuild.builder.export.ExportRequest;
import dev.obdbuild.builder.session.LocalFolders;
import dev.obdbuild.builder.session.SecretSources;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.pusher.BuildMetadata;
import dev.obdbuild.pusher.output.LayerChoice;
import dev.obdbuild.snapshots.Lease;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.progress.ProgressSink;
import dev.obdbuild.worker.WorkerSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Builds one image in this process: plans it, carries the plan out, exports the result. */
public final class ImageBuild {

  /** How long a build's results are kept when its process dies; a living process keeps its own. */
  private static final Duration LEASE = Duration.ofHours(1);

  private static final String IMAGE_ID = "containerimage.config.digest";

  private final Engine engine;
  private final BuildOptions options;
  private final ProgressSink sink;
  private final Cancellation cancellation;

  /** A build on an engine, which it borrows. */
  public ImageBuild(
      Engine engine, BuildOptions options, ProgressSink sink, Cancellation cancellation) {
    this.engine = engine;
    this.options = options;
    this.sink = sink;
    this.cancellation = cancellation;
  }

  /**
   * Builds.
   *
   * @throws BuildFailedException when the Dockerfile or one of its steps fails
   * @throws java.util.concurrent.CancellationException when it was cancelled
   */
  public BuildOutcome run() throws IOException {
    if (!Files.isDirectory(options.context())) {
      throw new IOException("context " + options.context() + " is not a folder");
    }
    DockerfilePlace dockerfile = DockerfilePlace.of(options);
    SortedMap<String, String> attributes =
        FrontendAttributes.of(options.frontend(), dockerfile.name());
    long fetchedBefore = engine.fetchedBytes();
    try (Lease lease = engine.snapshots().lease("build", LEASE);
        Build build =
            new Build(engine, lending(lease, dockerfile), ImageBuild::refuse, sink, cancellation);
        Export export = new Export(build, exports(attributes), LayerChoice.OVERLAYBD)) {
      Exported exported =
          CancellableCall.run(cancellation, () -> exported(build, export, attributes));
      writeFiles(exported.response());
      return new BuildOutcome(
          Digest.parse(told(exported.response(), IMAGE_ID)),
          Digest.parse(told(exported.response(), "containerimage.digest")),
          new BuildOutcome.Moved(
              build.baseBytes(),
              engine.fetchedBytes() - fetchedBefore,
              exported.sealedLayers(),
              exported.sealedBytes(),
              exported.pushedBytes()));
    }
  }

  private static Exported exported(Build build, Export export, SortedMap<String, String> attributes)
      throws IOException {
    BuildResult result = build.solve(FrontendRequest.dockerfile(attributes));
    try {
      return export.run(result);
    } catch (BuildFailedException e) {
      throw e;
    } catch (IOException e) {
      throw new BuildFailedException(String.valueOf(e.getMessage()), e);
    }
  }

  private static BuildResult refuse(Build build, FrontendRequest request) throws IOException {
    throw new IOException(
        "frontend image "
            + request.options().get("source")
            + ": needs a daemon; docker/dockerfile is built in");
  }

  private Lending lending(Lease lease, DockerfilePlace dockerfile) throws IOException {
    LocalFolders folders =
        new LocalFolders(Map.of("context", options.context(), "dockerfile", dockerfile.folder()));
    SecretSources secrets = SecretSources.of(options.secrets(), System.getenv());
    WorkerSession session =
        WorkerSession.of(lease, engine.images(), folders, secrets, options.entitlements());
    return new Lending(Optional.empty(), engine.registry(), session, LocalStores.none());
  }

  private ExportRequest exports(SortedMap<String, String> attributes) {
    SortedMap<String, String> image = new TreeMap<>();
    if (!options.output().tags().isEmpty()) {
      image.put("name", String.join(",", options.output().tags()));
    }
    image.put("push", Boolean.toString(options.output().push()));
    return new ExportRequest(
        List.of(new ExportRequest.Entry("image", image)),
        List.of(),
        attributes,
        options.output().keep());
  }

  private static String told(Map<String, String> response, String key) throws IOException {
    String value = response.get(key);
    if (value == null) {
      throw new IOException("the export says nothing of " + key);
    }
    return value;
  }

  private void writeFiles(Map<String, String> response) throws IOException {
    Optional<Path> idFile = options.output().iidFile();
    if (idFile.isPresent()) {
      Files.write(idFile.get(), told(response, IMAGE_ID).getBytes(StandardCharsets.UTF_8));
    }
    Optional<Path> metadata = options.output().metadataFile();
    if (metadata.isPresent()) {
      Files.write(metadata.get(), BuildMetadata.of(response));
    }
  }
}
