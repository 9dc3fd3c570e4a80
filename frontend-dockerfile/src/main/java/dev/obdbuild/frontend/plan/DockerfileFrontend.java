package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.Lines;
import dev.obdbuild.frontend.SourceText;
import dev.obdbuild.frontend.parse.Dockerfile;
import dev.obdbuild.frontend.parse.DockerfileParser;
import java.io.IOException;
import java.util.Set;

/** The frontend {@code dockerfile.v0}: reads a Dockerfile and plans its build. Thread-safe. */
public final class DockerfileFrontend {
  /** Frontends that are this one under another name. */
  private static final Set<String> OWN =
      Set.of(
          "dockerfile.v0",
          "docker/dockerfile",
          "docker.io/docker/dockerfile",
          "docker/dockerfile-upstream",
          "docker.io/docker/dockerfile-upstream");

  /**
   * Plans a build. Nothing is built or pulled; base images are resolved to their digests.
   *
   * @throws DockerfileException for anything in the Dockerfile or the options that cannot be built,
   *     with its place if it has one
   * @throws IOException if {@code sources} fails
   */
  public BuildPlan plan(FrontendOptions options, Sources sources)
      throws DockerfileException, IOException {
    BuildConfig config = BuildConfig.parse(options);
    Definition definition = Definition.load(config, sources);
    SourceText source = new SourceText(config.filename(), definition.text());
    try {
      Dockerfile file = DockerfileParser.parse(definition.text());
      checkSyntax(file, config, definition.text());
      return new Planner(config, sources, definition, file).plan();
    } catch (DockerfileException e) {
      throw e.in(source);
    }
  }

  /** An image of a frontend cannot be run; what this frontend is the source of needs none. */
  private static void checkSyntax(Dockerfile file, BuildConfig config, String text)
      throws DockerfileException {
    String override = config.buildArg("BUILDKIT_SYNTAX").orElse("");
    String syntax = override.isEmpty() ? file.syntax().orElse("") : override;
    String image = syntax.split("\\s+", 2)[0];
    if (image.isEmpty() || OWN.contains(image.split("[:@]", 2)[0])) {
      return;
    }
    String message =
        "external frontend " + image + " is not supported yet; docker/dockerfile is built in";
    if (override.isEmpty()) {
      throw new DockerfileException(message, Lines.of(line(text)));
    }
    throw new DockerfileException(
        "failed with build-arg:BUILDKIT_SYNTAX = " + override + ": " + message);
  }

  private static int line(String text) {
    int at = text.toLowerCase(java.util.Locale.ROOT).indexOf("syntax");
    return 1 + (int) text.substring(0, Math.max(0, at)).chars().filter(c -> c == '\n').count();
  }
}
