package dev.obdbuild.worker.content;

import java.util.List;

/**
 * Which files of a folder a build sees. All empty means all files.
 *
 * @param followPaths paths, with wildcards, that are used: they and what their symlinks lead to are
 *     included
 * @param includePatterns further patterns of what is included
 * @param excludePatterns the lines of .dockerignore
 */
public record LocalFilter(
    List<String> followPaths, List<String> includePatterns, List<String> excludePatterns) {
  /** Everything. */
  public static final LocalFilter ALL = new LocalFilter(List.of(), List.of(), List.of());

  public LocalFilter {
    followPaths = List.copyOf(followPaths);
    includePatterns = List.copyOf(includePatterns);
    excludePatterns = List.copyOf(excludePatterns);
  }
}
