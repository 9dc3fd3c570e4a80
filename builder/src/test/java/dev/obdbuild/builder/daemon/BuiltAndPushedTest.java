package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds by either client, pushed. */
@Tag("slow")
@NeedsRoot
@NeedsDevice
@NeedsTool({"buildctl", "buildx", "crun", "busybox", "docker-registry", "skopeo"})
final class BuiltAndPushedTest {

  @TempDir private static Path temp;
  private static DaemonFixture it;

  @BeforeAll
  static void start() throws Exception {
    it = DaemonFixture.start(temp);
  }

  @AfterAll
  static void stop() throws Exception {
    it.close();
  }

  @Test
  void buildctlBuildsAndPushes() throws Exception {
    Path context = it.context("FROM BASE\nCOPY hello /\nRUN cat /hello > /copy\n", "hello", "hi");

    it.build(context, "--output=type=image,push=true,name=" + it.registry() + "/a/b:1").ok();

    assertThat(inspect("a/b:1")).contains("\"Layers\"");
  }

  @Test
  void buildxBuildsAndPushes() throws Exception {
    Path context = it.context("FROM BASE\nRUN echo built > /made\n");

    it.buildx("build", "--push", "-t", it.registry() + "/x/y:1", context.toString()).ok();

    assertThat(inspect("x/y:1")).contains("\"Layers\"");
  }

  private static String inspect(String name) throws Exception {
    return it.client()
        .run("skopeo", "inspect", "--tls-verify=false", "docker://" + it.registry() + "/" + name)
        .ok()
        .out();
  }
}
