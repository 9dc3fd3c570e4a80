package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.parse.Dockerfile;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The plans of one Dockerfile for several platforms, made at the same time. */
final class PlatformPlans {
  private final List<BuildConfig> configs;
  private final Sources sources;
  private final BuildInput input;
  private final Dockerfile file;

  PlatformPlans(List<BuildConfig> configs, Sources sources, BuildInput input, Dockerfile file) {
    this.configs = List.copyOf(configs);
    this.sources = sources;
    this.input = input;
    this.file = file;
  }

  /**
   * One plan per config, in their order. The first failure in that order is the one that counts.
   */
  List<BuildPlan> plan() throws IOException {
    if (configs.size() == 1) {
      return List.of(plan(configs.getFirst()));
    }
    // Threads that wait for registries most of the time.
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<BuildPlan>> running =
          configs.stream().map(config -> executor.submit(() -> plan(config))).toList();
      try {
        List<BuildPlan> plans = new ArrayList<>();
        for (Future<BuildPlan> one : running) {
          BuildPlan plan = await(one);
          plans.add(plans.isEmpty() ? plan : plan.withoutWarnings());
        }
        return plans;
      } catch (IOException | RuntimeException e) {
        executor.shutdownNow();
        throw e;
      }
    }
  }

  private BuildPlan plan(BuildConfig config) throws IOException {
    return new Planner(config, sources, input, file, Checks.of(config, file)).plan();
  }

  private static BuildPlan await(Future<BuildPlan> plan) throws IOException {
    try {
      return plan.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (InterruptedIOException)
          new InterruptedIOException("interrupted while planning").initCause(e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case DockerfileException known -> throw known;
        case IOException failed -> throw new IOException(failed.getMessage(), failed);
        case null, default -> throw new IllegalStateException("planning failed", e.getCause());
      }
    }
  }
}
