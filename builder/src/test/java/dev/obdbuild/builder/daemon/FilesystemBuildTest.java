package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.builder.daemon.Client.Ended;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole builds on filesystems that are not the usual ones. */
@Tag("slow")
@NeedsRoot
@NeedsDevice
@NeedsTool({
  "buildctl",
  "buildx",
  "crun",
  "busybox",
  "docker-registry",
  "skopeo",
  "mkfs.xfs",
  "mkfs.btrfs"
})
final class FilesystemBuildTest {

  private static final String STEPS =
      """
      FROM BASE AS one
      RUN echo one > /one && grep ' / ' /proc/self/mounts | cut -d' ' -f3 > /kind
      RUN dd if=/dev/urandom of=/temp bs=1M count=8 && rm /temp && mkdir /d && ln /one /d/two
      FROM scratch AS two
      COPY --from=one / /
      RUN cat /d/two && echo kind $(cat /kind) now $(grep ' / ' /proc/self/mounts | cut -d' ' -f3)
      """;

  @ParameterizedTest
  @ValueSource(strings = {"xfs", "btrfs"})
  void aDaemonBuildsConvertsAndPushesOnWhatItsConfigurationSays(String kind, @TempDir Path folder)
      throws Exception {
    try (DaemonFixture it =
        DaemonFixture.start(
            folder, "[device]\nfs = \"" + kind + "\"\nfs-size = \"2g\"\n", List.of())) {
      Path context = it.context(STEPS);
      String name = it.registry() + "/app:" + kind;
      Ended built = it.build(context, "--output=type=image,push=true,name=" + name).ok();
      assertThat(built.err()).contains("kind " + kind + " now " + kind);
      assertThat(it.build(context, "--output=type=image,push=true,name=" + name).ok().err())
          .contains("CACHED");
      assertThat(layers(it, name))
          .contains("\"containerd.io/snapshot/overlaybd/blob-fs-type\":\"" + kind + "\"")
          .doesNotContain("ext4");

      // A host that makes other filesystems builds upon the device that is there, and says so.
      Ended upon =
          it.build(
                  it.context("FROM " + name + "\nRUN grep ' / ' /proc/self/mounts && cat /d/two\n"))
              .ok();
      assertThat(upon.err()).contains(" / " + kind + " ");
      Path state = folder.resolve("other");
      ObdBuildCommand command =
          new ObdBuildCommand(it.client(), List.of("--root", state.toString()));
      Path more =
          it.context(
              "FROM "
                  + name
                  + "\nRUN grep ' / ' /proc/self/mounts && echo size $(df -k / | tail -1)\n");
      Ended other =
          command
              .run(
                  "build",
                  "--no-daemon",
                  "--progress=plain",
                  "--fs",
                  "ext4",
                  "--fs-size",
                  "3g",
                  "-t",
                  "local/grown",
                  more.toString())
              .ok();
      assertThat(other.err())
          .contains(" / " + kind + " ")
          .contains("is an image of " + kind + " and stays one")
          .contains("has a filesystem of 2147483648 bytes")
          .containsPattern("size \\S+ +(2[89]|3[01])[0-9]{5} ");
      assertThat(command.run("verify", "local/grown").ok().out()).contains("ok");
      Ended shrunk = command.run("build", "--no-daemon", "--fs-size", "1g", more.toString());
      assertThat(shrunk.code()).isNotZero();
      assertThat(shrunk.err()).contains("none is ever shrunk");
    }
  }

  private static String layers(DaemonFixture it, String name) throws Exception {
    return it.client()
        .run("skopeo", "inspect", "--raw", "--tls-verify=false", "docker://" + name)
        .ok()
        .out();
  }
}
