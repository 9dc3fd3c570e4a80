package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.ignore.UnixPath;
import dev.obdbuild.llb.pattern.BadPatternException;
import dev.obdbuild.llb.pattern.PathPatterns;
import java.util.List;
import java.util.Set;

/** Tells sources of COPY and ADD that the ignore file keeps out of the context. */
final class IgnoredPaths {
  private static final Set<String> ROOTS = Set.of(".", "/");
  private static final Set<String> EVERYTHING = Set.of("*", "**", "**/*");

  private final PathPatterns patterns;
  private final boolean all;

  /**
   * @param excludes the lines of the ignore file
   */
  IgnoredPaths(List<String> excludes) throws DockerfileException {
    try {
      this.patterns = PathPatterns.of(excludes);
    } catch (BadPatternException e) {
      throw DockerfileException.of(String.valueOf(e.getMessage()), e);
    }
    this.all = excludes.stream().anyMatch(EVERYTHING::contains);
  }

  /** The source as it is shown in a warning. */
  static String shown(String source) {
    return UnixPath.clean(source);
  }

  /**
   * Whether nothing of {@code source} can be there. Lines that take files back in are not weighed:
   * with any of those nothing is told.
   */
  boolean hides(String source) {
    String path = shown(source);
    return !patterns.hasExceptions() && (!ROOTS.contains(path) || all) && patterns.matches(path);
  }
}
