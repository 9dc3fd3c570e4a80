package dev.obdbuild.builder.daemon;

import dev.obdbuild.builder.build.Build;
import dev.obdbuild.builder.build.BuildResult;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.solver.Cancellation;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A build as the frontend sees it that drives it through the gateway. Thread-safe. Borrows the
 * build; closing it closes the frontend's containers.
 *
 * @param inputs graphs that the client gave with its request
 * @param returned what the frontend hands back in the end
 */
record DrivenBuild(
    Build build,
    Map<String, Graph> inputs,
    CompletableFuture<BuildResult> returned,
    GatewayContainers containers)
    implements AutoCloseable {

  static DrivenBuild of(Build build, Map<String, Graph> inputs) {
    return new DrivenBuild(build, inputs, new CompletableFuture<>(), new GatewayContainers(build));
  }

  /** Waits until the frontend has returned something. */
  BuildResult awaitReturn() throws IOException {
    try (var _ =
        build
            .cancellation()
            .onCancel(
                () ->
                    returned.completeExceptionally(
                        new CancellationException(Cancellation.MESSAGE)))) {
      return returned.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException io -> throw io;
        case RuntimeException runtime -> throw runtime;
        case null, default -> throw new IOException(e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() throws IOException {
    containers.close();
  }
}
