package dev.obdbuild.frontend.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.Lines;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.oci.image.Platform;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What comes of a request as a whole. */
final class RequestTest {
  private static final Platform AMD64 = new Platform("linux", "amd64");
  private static final Platform ARM64 = new Platform("linux", "arm64");

  private static FrontendResult plan(String dockerfile, Map<String, String> options)
      throws IOException {
    return plan(TestSources.of(dockerfile), options);
  }

  private static FrontendResult plan(TestSources sources, Map<String, String> options)
      throws IOException {
    return new DockerfileFrontend().plan(new FrontendOptions(options, "s1", AMD64), sources);
  }

  private static FrontendResult.Built built(String dockerfile, Map<String, String> options)
      throws IOException {
    return (FrontendResult.Built) plan(dockerfile, options);
  }

  @Test
  void thereIsOnePlanPerPlatformInTheOrderAsked() throws IOException {
    FrontendResult.Built built =
        built(
            "FROM --platform=$BUILDPLATFORM busybox AS build\nARG TARGETARCH\nRUN make $TARGETARCH\n"
                + "FROM busybox\nCOPY --from=build /x /x\nWORKDIR x\n",
            Map.of("platform", "linux/arm64,linux/amd64"));
    assertThat(built.multiPlatform()).isTrue();
    assertThat(built.plans()).extracting(BuildPlan::platform).containsExactly(ARM64, AMD64);
    assertThat(built.plans()).extracting(p -> p.config().platform()).containsExactly(ARM64, AMD64);
    assertThat(built.plans().getFirst().warnings()).hasSize(2);
    assertThat(built.plans().getLast().warnings()).isEmpty();
    assertThat(names(built.plans().getFirst()))
        .contains(
            "[linux/amd64->arm64 build 2/2] RUN make arm64",
            "[linux/arm64 stage-1 2/3] COPY --from=build /x /x");
    assertThat(names(built.plans().getLast())).contains("[linux/amd64 build 2/2] RUN make amd64");
  }

  private static List<String> names(BuildPlan plan) {
    return plan.graph().vertices().stream().map((Vertex v) -> v.meta().customName()).toList();
  }

  @Test
  void anIndexNamesTheVersionOfWindowsThatTheBaseWasMadeFor() throws IOException {
    TestSources sources =
        TestSources.of("FROM win\n")
            .image(
                "win",
                "{\"architecture\":\"amd64\",\"os\":\"windows\",\"os.version\":\"10.0.20348.1\","
                    + "\"os.features\":[\"win32k\"],\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}");
    var built = (FrontendResult.Built) plan(sources, Map.of("platform", "windows/amd64"));
    BuildPlan plan = built.plans().getFirst();
    assertThat(plan.platform().formatAll()).isEqualTo("windows/amd64");
    assertThat(plan.exported().formatAll()).isEqualTo("windows(10.0.20348.1+win32k)/amd64");
    assertThat(built("FROM busybox", Map.of()).plans().getFirst().exported()).isEqualTo(AMD64);
  }

  @Test
  void oneImageMayHaveAnIndexToo() throws IOException {
    assertThat(built("FROM busybox", Map.of("multi-platform", "true")).multiPlatform()).isTrue();
    assertThat(built("FROM busybox", Map.of()).multiPlatform()).isFalse();
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () ->
                plan(
                    "FROM busybox",
                    Map.of("platform", "linux/amd64,linux/arm64", "multi-platform", "0")))
        .withMessage("conflicting config: returning multiple target platforms is not allowed");
  }

  @Test
  void aFileForAnotherFrontendIsForwarded() throws IOException {
    var other =
        (FrontendResult.Forwarded) plan("# escape=`\n# syntax=other/x:1 --fast\nx", Map.of());
    assertThat(other.source()).isEqualTo("other/x:1");
    assertThat(other.cmdline()).isEqualTo("other/x:1 --fast");
    assertThat(other.failed(new IOException("gone")).lines()).contains(Lines.of(2));
    assertThat(plan("# syntax=docker/dockerfile:1.4@sha256:0\nFROM scratch", Map.of()))
        .isInstanceOf(FrontendResult.Built.class);
    assertThat(plan("# syntax=other/x\nFROM scratch", Map.of("cmdline", "x")))
        .isInstanceOf(FrontendResult.Built.class);
    assertThat(
            plan(
                "# syntax=other/x\nFROM scratch",
                Map.of("build-arg:BUILDKIT_SYNTAX", "dockerfile.v0")))
        .isInstanceOf(FrontendResult.Built.class);
  }

  @Test
  void aFrontendChosenByAnOptionFailsInItsName() throws IOException {
    var other =
        (FrontendResult.Forwarded)
            plan("FROM scratch", Map.of("build-arg:BUILDKIT_SYNTAX", "other/x"));
    assertThat(other.failed(new IOException("gone")))
        .hasMessage("failed with build-arg:BUILDKIT_SYNTAX = other/x: gone");
  }

  @Test
  void unknownCapabilitiesAreRefusedUnlessAnotherFrontendMayHaveThem() throws IOException {
    Map<String, String> wanted = Map.of("frontend.caps", "moby.x+forward");
    assertThatExceptionOfType(UnsupportedException.class)
        .isThrownBy(() -> plan("FROM scratch", wanted))
        .withMessage("unsupported frontend capability moby.x")
        .satisfies(e -> assertThat(e.kind()).isEqualTo(UnsupportedException.Kind.CAPABILITY));
    assertThat(plan("# syntax=other/x\n", wanted)).isInstanceOf(FrontendResult.Forwarded.class);
    assertThatExceptionOfType(UnsupportedException.class)
        .isThrownBy(() -> plan("# syntax=other/x\n", Map.of("frontend.caps", "moby.x")));
  }

  @Test
  void aContextThatCannotBeReadIsNotTakenForAMissingImage() {
    TestSources sources = TestSources.of("FROM busybox\nCOPY --from=n / /\n");
    sources.broken = "[context n] load .dockerignore";
    assertThatExceptionOfType(DockerfileException.class)
        .isThrownBy(() -> plan(sources, Map.of("context:n", "local:n")))
        .withMessage("broken off");
  }

  @Test
  void aDownloadedContextThatCannotBeReadIsSaidToBeOne() {
    TestSources sources = TestSources.of("");
    sources.broken = "[internal] load remote build context";
    assertThatExceptionOfType(DockerfileException.class)
        .isThrownBy(() -> plan(sources, Map.of("context", "http://h/c.tar")))
        .withMessage("failed to read downloaded context: broken off");
  }

  @Test
  void unknownRequestsAreRefused() {
    assertThatExceptionOfType(UnsupportedException.class)
        .isThrownBy(() -> plan("FROM scratch", Map.of("requestid", "frontend.x")))
        .withMessage("unsupported request frontend.x");
  }

  @Test
  void theDockerfileIsReadAsBuildKitReadsIt() throws IOException {
    TestSources sources = TestSources.of("FROM busybox\nCOPY a /\n").context(".dockerignore", "x");
    var built = (FrontendResult.Built) plan(sources, Map.of());
    assertThat(sources.read)
        .containsExactly(
            "[internal] load build definition from Dockerfile: Dockerfile",
            "[internal] load build definition from Dockerfile: Dockerfile.dockerignore",
            "[internal] load .dockerignore: .dockerignore");
    assertThat(built.definition().head().orElseThrow().meta().customName())
        .isEqualTo("[internal] load build definition from Dockerfile");
  }
}
