package dev.obdbuild.builder.export;

import dev.obdbuild.builder.build.BuildResult;
import dev.obdbuild.builder.cache.CacheTarget;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.solver.CacheTrail;
import dev.obdbuild.worker.WorkerResult;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The result of a build, carried out.
 *
 * @param parts one for each platform, in order
 * @param attested what is attested about them
 * @param caches that the build leaves behind
 */
record Results(
    BuildResult result, List<SolvedPart> parts, Attested attested, List<CacheTarget> caches) {

  private static final String NAME = "image.name";

  Results {
    parts = List.copyOf(parts);
    caches = List.copyOf(caches);
  }

  /** Whether the build was asked for platforms, be it only one. */
  boolean multiPlatform() {
    return !result.refs().isEmpty();
  }

  /** The filesystems of all parts. */
  List<Snapshot> snapshots() {
    return parts.stream().map(SolvedPart::snapshot).toList();
  }

  /** What the parts came from. */
  List<CacheTrail<WorkerResult>> trails() {
    return parts.stream().flatMap(part -> part.trail().stream()).toList();
  }

  /** The names that the frontend gives the image. */
  Optional<String> imageName() {
    return Optional.ofNullable(result.metadata().get(NAME))
        .map(name -> new String(name, StandardCharsets.UTF_8));
  }
}
