package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The daemon's own image, made by obd-build, in place of BuildKit's under buildx's docker-container
 * driver. Needs a Docker engine at {@code DOCKER_HOST} whose containers may be privileged.
 */
@Tag("docker")
@NeedsRoot
@NeedsDevice
@NeedsTool({"buildctl", "buildx", "docker", "crun", "busybox", "docker-registry", "skopeo"})
final class DockerImageTest {

  private static final String BASE = System.getProperty("obd.image.base", "debian:bookworm-slim");

  @TempDir private Path temp;

  @Test
  void buildxBuildsByTheDaemonInAContainer() throws Exception {
    Path top = Objects.requireNonNull(Path.of("").toAbsolutePath().getParent());
    Path tar = temp.resolve("image.tar");
    try (DaemonFixture it = DaemonFixture.start(temp)) {
      Client client = it.client().with("OBD_REBUILD", "never").with("BUILDKIT_HOST", "local");
      client
          .run(
              top.resolve("image/make.sh").toString(),
              "--base",
              BASE,
              "--root=" + temp.resolve("cli"),
              "--tag=obd-buildd:test",
              "--output=type=docker,compression=gzip,dest=" + tar)
          .ok();
      client.run("docker", "load", "--input", tar.toString()).ok();
      assertThat(client.run("docker", "run", "--rm", "obd-buildd:test", "--version").ok().out())
          .startsWith("buildkitd github.com/moby/buildkit v");

      String name = "obd-test-" + ProcessHandle.current().pid();
      client
          .run(
              "buildx",
              "create",
              "--name=" + name,
              "--driver=docker-container",
              "--driver-opt=image=obd-buildd:test,network=host",
              "--bootstrap")
          .ok();
      try {
        Path context = it.context("FROM BASE\nRUN echo in a container > /f && cat /f\n");
        String printed =
            client
                .run(
                    "buildx",
                    "--builder=" + name,
                    "build",
                    "--push",
                    "--tag=" + it.registry() + "/docker/app:1",
                    context.toString())
                .ok()
                .err();
        assertThat(printed).contains("in a container");
        client
            .run(
                "skopeo",
                "inspect",
                "--tls-verify=false",
                "docker://" + it.registry() + "/docker/app:1")
            .ok();
      } finally {
        client.run("buildx", "rm", name);
      }
    }
  }
}
