package dev.obdbuild.builder.daemon;

import dev.obdbuild.builder.build.Build;
import dev.obdbuild.builder.build.BuildResult;
import dev.obdbuild.builder.history.StatusLog;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.CancellationSource;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A build that a client of the gateway may drive. Thread-safe.
 *
 * @param cancellation gives it up
 * @param status its log, which followers read
 * @param inputs graphs that the client gave with its request
 * @param returned what the driver hands back in the end
 */
record RunningBuild(
    String ref,
    Build build,
    CancellationSource cancellation,
    StatusLog status,
    Map<String, Graph> inputs,
    CompletableFuture<BuildResult> returned) {

  /** Waits until the driver has returned something. */
  BuildResult awaitReturn() throws IOException {
    try (var _ =
        cancellation.onCancel(
            () ->
                returned.completeExceptionally(new CancellationException(Cancellation.MESSAGE)))) {
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
}
