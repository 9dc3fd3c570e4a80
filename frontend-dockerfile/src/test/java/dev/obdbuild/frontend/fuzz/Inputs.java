package dev.obdbuild.frontend.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.expand.Expander;
import dev.obdbuild.frontend.expand.Style;
import dev.obdbuild.frontend.ignore.IgnoreFile;
import dev.obdbuild.frontend.plan.BuildPlan;
import dev.obdbuild.frontend.plan.DockerfileFrontend;
import dev.obdbuild.frontend.plan.FrontendOptions;
import dev.obdbuild.frontend.plan.FrontendResult;
import dev.obdbuild.frontend.plan.ImageQuery;
import dev.obdbuild.frontend.plan.ResolvedImage;
import dev.obdbuild.frontend.plan.Sources;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.pattern.BadPatternException;
import dev.obdbuild.llb.pattern.PathPatterns;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Platform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What every input must hold, whoever thought it up. */
public final class Inputs {
  private static final Platform AMD64 = new Platform("linux", "amd64");
  private static final Digest DIGEST = Digest.sha256(new byte[0]);

  private Inputs() {}

  /** Plans or refuses; a plan's graph is a graph. */
  public static Optional<BuildPlan> plan(String dockerfile) throws IOException {
    Sources sources =
        new Sources() {
          @Override
          public Optional<byte[]> readFile(Graph tree, String path, int limit) {
            return path.equals("Dockerfile")
                ? Optional.of(dockerfile.getBytes(StandardCharsets.UTF_8))
                : Optional.empty();
          }

          @Override
          public Optional<Instant> modified(SourceOp source, String stepName) {
            return Optional.of(Instant.EPOCH);
          }

          @Override
          public ResolvedImage resolveImage(ImageQuery query) {
            return new ResolvedImage(
                query.reference(),
                DIGEST,
                ImageConfig.empty(query.platform()).withDiffIds(List.of(DIGEST)));
          }
        };
    try {
      FrontendResult result =
          new DockerfileFrontend().plan(new FrontendOptions(Map.of(), "s", AMD64), sources);
      if (!(result instanceof FrontendResult.Built built)) {
        return Optional.empty();
      }
      BuildPlan plan = built.plans().getFirst();
      assertThat(Graph.of(plan.graph().toDefinition()).vertices())
          .hasSameSizeAs(plan.graph().vertices());
      assertThat(ImageConfig.parse(plan.config().toJson(), "ours").config().user())
          .isEqualTo(plan.config().config().user());
      return Optional.of(plan);
    } catch (DockerfileException e) {
      assertThat(e.getMessage()).isNotEmpty();
      e.excerpt();
      return Optional.empty();
    }
  }

  static void expand(String text, String value) {
    for (Style style : List.of(Style.WORD, Style.BODY, Style.DISPLAY, Style.RAW)) {
      try {
        String expanded = new Expander('\\').expand(text, name -> Optional.of(value), style).text();
        assertThat(expanded.length()).isLessThanOrEqualTo(16 << 20);
      } catch (DockerfileException e) {
        assertThat(e).hasMessageStartingWith("failed to process ");
      }
    }
  }

  static void ignore(byte[] content) {
    try {
      List<String> patterns = IgnoreFile.patterns(content, ".dockerignore");
      assertThat(patterns).doesNotContain("");
      PathPatterns.of(patterns).matches("a/b");
    } catch (BadPatternException e) {
      assertThat(e)
          .hasMessageMatching("(?s)illegal exclusion pattern: \"!\"|syntax error in pattern.*");
    } catch (DockerfileException e) {
      assertThat(e).hasMessageStartingWith("failed parsing .dockerignore: ");
    }
  }

  /** A Dockerfile of that many lines, an eighth of them stages, each upon the one before. */
  public static String lines(int count) {
    StringBuilder file = new StringBuilder("FROM busybox AS s0\n");
    for (int i = 1; i < count; i++) {
      switch (i % 8) {
        case 0 ->
            file.append("FROM s").append(i / 8 - 1).append(" AS s").append(i / 8).append('\n');
        case 1 -> file.append("ENV V").append(i).append("=${PATH}/").append(i).append('\n');
        case 2 -> file.append("RUN echo $V").append(i - 1).append('\n');
        case 3 -> file.append("COPY a").append(i).append(" b /d/\n");
        case 4 -> file.append("ARG A").append(i).append("=1\n");
        case 5 -> file.append("RUN --mount=type=cache,target=/c x\n");
        case 6 -> file.append("LABEL l").append(i).append("=v\n");
        default -> file.append("WORKDIR /w").append(i).append('\n');
      }
    }
    return file.toString();
  }
}
