package dev.obdbuild.builder.gateway;

import dev.obdbuild.builder.build.Asker;
import dev.obdbuild.builder.build.Build;
import dev.obdbuild.builder.build.BuildResult;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.solver.Cancellation;
import java.io.IOException;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A build as the frontend sees it that drives it through the gateway. Thread-safe. Borrows the
 * build; closing it closes the frontend's containers.
 */
public final class DrivenBuild implements AutoCloseable {

  private final Build build;
  private final Asker asker;
  private final SortedMap<String, Graph> inputs;
  private final CompletableFuture<BuildResult> returned = new CompletableFuture<>();
  private final GatewayContainers containers;

  /**
   * @param asker the frontend: on whose behalf all is that it asks for
   * @param inputs graphs that the client gave with its request
   */
  public DrivenBuild(Build build, Asker asker, Map<String, Graph> inputs) {
    this.build = build;
    this.asker = asker;
    this.inputs = Collections.unmodifiableSortedMap(new TreeMap<>(inputs));
    this.containers = new GatewayContainers(build);
  }

  /** The build itself. */
  public Build build() {
    return build;
  }

  /** On whose behalf all is that the frontend asks for. */
  Asker asker() {
    return asker;
  }

  /** Graphs that the client gave with its request, by their names. */
  public SortedMap<String, Graph> inputs() {
    return inputs;
  }

  /** What the frontend hands back in the end. */
  CompletableFuture<BuildResult> returned() {
    return returned;
  }

  GatewayContainers containers() {
    return containers;
  }

  /** Waits until the frontend has returned something. */
  public BuildResult awaitReturn() throws IOException {
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
