package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.Lines;
import dev.obdbuild.frontend.SourceText;
import dev.obdbuild.frontend.parse.DockerfileParser;
import dev.obdbuild.frontend.parse.Reading;
import dev.obdbuild.frontend.parse.SyntaxDirective;
import dev.obdbuild.oci.image.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

  /** Whether a frontend's image is this frontend under another name, so that none need be run. */
  public static boolean isOwn(String image) {
    return OWN.contains(image.split("[:@]", 2)[0]);
  }

  /**
   * Answers a request. Nothing is built or pulled; base images are resolved to their digests.
   *
   * @throws DockerfileException for anything in the Dockerfile or the options that cannot be built,
   *     with its place if it has one
   * @throws UnsupportedException if the client wants something that it can do without
   * @throws IOException if {@code sources} fails
   */
  public FrontendResult plan(FrontendOptions options, Sources sources) throws IOException {
    OptionParser parser = new OptionParser(options);
    parser.refuse();
    List<Platform> platforms = parser.platforms();
    boolean multiPlatform = parser.multiPlatform(platforms);
    List<BuildConfig> configs = new ArrayList<>();
    for (Platform platform : platforms) {
      configs.add(parser.parse(Optional.of(platform), multiPlatform));
    }
    if (platforms.isEmpty()) {
      configs.add(parser.parse(Optional.empty(), multiPlatform));
    }
    parser.checkCaps(true);

    BuildInput input = BuildInput.load(configs.getFirst(), sources);
    Definition definition = input.definition();
    SourceText text = new SourceText(definition.name(), definition.text());
    Optional<FrontendResult> other =
        parser.isChosen() ? Optional.empty() : forward(parser.syntax(), text);
    if (other.isPresent()) {
      return other.get();
    }
    parser.checkCaps(false);
    try {
      if (parser.request().isPresent()) {
        // A question is not about the platforms that were asked for.
        BuildConfig config = parser.parse(Optional.empty(), multiPlatform);
        return new Subrequests(config, sources, input, text).answer(parser.request().get());
      }
      Reading reading = DockerfileParser.read(definition.text());
      List<BuildPlan> plans = new PlatformPlans(configs, sources, input, reading).plan();
      return new FrontendResult.Built(plans, multiPlatform, definition.graph());
    } catch (DockerfileException e) {
      throw e.in(text);
    }
  }

  /** The other frontend that is to be asked, if there is one. */
  private static Optional<FrontendResult> forward(Optional<String> option, SourceText text) {
    if (option.isPresent()) {
      return forward(option.get(), Optional.empty(), text);
    }
    return SyntaxDirective.find(text.text())
        .flatMap(found -> forward(found.value(), Optional.of(found.lines()), text));
  }

  private static Optional<FrontendResult> forward(
      String cmdline, Optional<Lines> place, SourceText text) {
    String image = cmdline.split("\\s+", 2)[0];
    return isOwn(image)
        ? Optional.empty()
        : Optional.of(new FrontendResult.Forwarded(image, cmdline, text, place));
  }
}
