package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.parse.Reading;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The plans of one Dockerfile for several platforms, made at the same time. */
final class PlatformPlans {
  private final List<BuildConfig> configs;
  private final Sources sources;
  private final BuildInput input;
  private final Reading reading;

  PlatformPlans(List<BuildConfig> configs, Sources sources, BuildInput input, Reading reading) {
    this.configs = List.copyOf(configs);
    this.sources = sources;
    this.input = input;
    this.reading = reading;
  }

  /**
   * One plan per config, in their order. The first failure in that order is the one that counts.
   */
  List<BuildPlan> plan() throws IOException {
    Checks checks = Checks.of(configs.getFirst(), reading.file().check());
    try {
      return configs.size() == 1 ? List.of(plan(configs.getFirst(), checks)) : planAll(checks);
    } catch (DockerfileException e) {
      throw e.after(new DockerfileException.Warned(checks.warnings(), input.definition().graph()));
    }
  }

  /** Only the first platform is checked: the file is the same for all. */
  private List<BuildPlan> planAll(Checks checks) throws IOException {
    // Threads that wait for registries most of the time.
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<BuildPlan>> running =
          configs.stream()
              .map(
                  config ->
                      executor.submit(
                          () ->
                              plan(config, config == configs.getFirst() ? checks : Checks.none())))
              .toList();
      try {
        List<BuildPlan> plans = new ArrayList<>();
        for (Future<BuildPlan> one : running) {
          plans.add(Planner.await(one));
        }
        return plans;
      } catch (IOException | RuntimeException e) {
        executor.shutdownNow();
        throw e;
      }
    }
  }

  private BuildPlan plan(BuildConfig config, Checks checks) throws IOException {
    return new Planner(config, sources, input, reading, checks).plan();
  }
}
