package dev.obdbuild.builder.gateway;

import dev.obdbuild.builder.build.Asker;
import dev.obdbuild.builder.build.Build;
import dev.obdbuild.builder.build.BuildResult;
import dev.obdbuild.builder.build.ExternalFrontends;
import dev.obdbuild.builder.build.FrontendRequest;
import dev.obdbuild.builder.build.SourceMetadata;
import dev.obdbuild.builder.build.SourceMetadata.ImageWish;
import dev.obdbuild.builder.wire.EventLoops;
import dev.obdbuild.frontend.plan.DockerfileFrontend;
import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.Op;
import dev.obdbuild.llb.SourceAttr;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.VertexMetadata;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.solver.progress.OpProgress;
import dev.obdbuild.solver.progress.VertexProgress;
import dev.obdbuild.worker.ContainerRequest;
import dev.obdbuild.worker.GatewayContainer;
import dev.obdbuild.worker.exec.ProcessStreams;
import dev.obdbuild.worker.image.ResolveMode;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;

/**
 * Runs frontends that come as images: each as a process in a container over the image, whose
 * standard input and output is a connection to the gateway. Thread-safe.
 */
public final class ImageFrontends implements ExternalFrontends {

  private static final String SOURCE = "source";
  private static final int STDERR = 2;

  private final EventLoops loops;
  private final Executor calls;
  private final Announced announced;
  private final WorkerRecords workers;

  /**
   * @param calls carries out what frontends ask for
   */
  public ImageFrontends(
      EventLoops loops, Executor calls, Announced announced, WorkerRecords workers) {
    this.loops = loops;
    this.calls = calls;
    this.announced = announced;
    this.workers = workers;
  }

  @Override
  public BuildResult run(Build build, FrontendRequest request, Asker asker) throws IOException {
    String source = request.options().getOrDefault(SOURCE, "");
    if (source.isEmpty()) {
      throw new IOException("no source specified for gateway");
    }
    return DockerfileFrontend.isOwn(source)
        ? build.solve(builtIn(request), asker)
        : run(build, request, source, asker);
  }

  private static FrontendRequest builtIn(FrontendRequest request) {
    SortedMap<String, String> options = new TreeMap<>(request.options());
    options.remove(SOURCE);
    return new FrontendRequest(
        "dockerfile.v0",
        options,
        Optional.empty(),
        request.inputs(),
        request.caches(),
        request.evaluate());
  }

  private BuildResult run(Build build, FrontendRequest request, String source, Asker asker)
      throws IOException {
    SourceMetadata.Image found =
        new SourceMetadata(build, asker)
            .image(source, new ImageWish(Optional.empty(), ResolveMode.DEFAULT, true, ""));
    ImageConfig config = ImageConfig.parse(found.config(), "config of " + source);
    FrontendImage image = new FrontendImage(config.config());
    image.check(request.options(), !request.inputs().isEmpty());
    VertexProgress shown = VertexProgress.idle(build.progress(), "[internal] frontend " + source);
    try (DrivenBuild driven = new DrivenBuild(build, asker, request.inputs());
        FrontendConnection connection =
            new FrontendConnection(
                loops,
                calls,
                List.of(
                    new GatewayService(() -> driven, announced, workers), new HealthService()));
        GatewayContainer container =
            build.container(container(image), List.of(build.ref(graph(found, config), asker)))) {
      int code =
          container
              .start(
                  image.process(
                      request.options(),
                      build.sessionId(),
                      WorkerText.of(List.of(workers.record()))),
                  new ProcessStreams(
                      connection.stdin(), connection.stdout(), new Log(shown.probe())))
              .await();
      build.cancellation().throwIfCancelled();
      return result(driven, source, code);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while frontend " + source + " ran", e);
    } finally {
      shown.endProbe();
    }
  }

  /** What went wrong in the frontend's own words comes first, then how its process ended. */
  private static BuildResult result(DrivenBuild driven, String source, int code)
      throws IOException {
    if (code != 0 && !driven.returned().isCompletedExceptionally()) {
      throw new IOException("frontend " + source + ": exit code: " + code);
    }
    if (!driven.returned().isDone()) {
      throw new IOException("frontend " + source + ": no result for incomplete build");
    }
    return driven.awaitReturn();
  }

  private static Graph graph(SourceMetadata.Image found, ImageConfig config) {
    Reference exact = Reference.parse(found.reference()).withDigest(found.digest());
    Node image =
        Node.of(
            SourceOp.of(
                "docker-image://" + exact.canonical(),
                Map.of(SourceAttr.IMAGE_RECORD_TYPE, "frontend")),
            List.of(),
            Optional.of(config.platform()),
            VertexMetadata.of(Map.of(), List.of("source.image")));
    return Graph.of(image.out(), List.of());
  }

  private static ContainerRequest container(FrontendImage image) {
    return new ContainerRequest(
        List.of(
            new ExecMount(
                0, "", "/", Op.NONE, false, new ExecMount.Bind(), ExecMount.ContentCache.DEFAULT)),
        image.network(),
        "",
        List.of());
  }

  /** What a frontend prints, in the log of the build. */
  private static final class Log extends OutputStream {
    private final OpProgress progress;

    Log(OpProgress progress) {
      this.progress = progress;
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) {
      progress.log(STDERR, Arrays.copyOfRange(from, offset, offset + length));
    }
  }
}
