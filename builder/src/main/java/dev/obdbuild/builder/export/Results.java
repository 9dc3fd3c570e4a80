package dev.obdbuild.builder.export;

import dev.obdbuild.builder.build.BuildResult;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The result of a build, carried out.
 *
 * @param parts one for each platform, in order
 * @param attested what is attested about them
 */
record Results(BuildResult result, List<SolvedPart> parts, Attested attested) {

  private static final String NAME = "image.name";

  Results {
    parts = List.copyOf(parts);
  }

  /** Whether the build was asked for platforms, be it only one. */
  boolean multiPlatform() {
    return !result.refs().isEmpty();
  }

  /** The names that the frontend gives the image. */
  Optional<String> imageName() {
    return Optional.ofNullable(result.metadata().get(NAME))
        .map(name -> new String(name, StandardCharsets.UTF_8));
  }
}
