package dev.obdbuild.builder.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.builder.cli.ObdBuild;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.UserModeLinux;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole build on TCMU devices, in a user-mode Linux, whose kernel has them. */
@NeedsTool({UserModeLinux.TOOL, "depmod", "mke2fs", "busybox", "crun"})
@Tag("slow")
final class TcmuBuildTest {
  @TempDir Path folder = Path.of("");

  @Test
  void stepsRunOnDisksOfTheKernelsTarget() throws Exception {
    Path context = Files.createDirectory(folder.resolve("context"));
    Files.copy(Path.of("/bin/busybox").toRealPath(), context.resolve("busybox"));
    Files.writeString(
        context.resolve("Dockerfile"),
        """
        FROM scratch AS tools
        COPY busybox /busybox
        SHELL ["/busybox", "sh", "-c"]
        RUN /busybox grep ' / ' /proc/mounts > /mounts
        FROM tools
        COPY --from=tools /mounts /copied
        RUN /busybox dd if=/dev/urandom of=/data bs=64k count=64 && /busybox sha256sum /data > /sum
        RUN /busybox sha256sum -c /sum && /busybox rm /data && echo "well done" > /done
        """);
    Path out = folder.resolve("out");
    int status =
        UserModeLinux.within(180)
            .sharing(folder)
            .java(
                ObdBuild.class,
                List.of(
                    "build",
                    "--addr",
                    "local",
                    "--device",
                    "tcmu",
                    "--root",
                    "/run/obd-build",
                    "--fs-size",
                    "1g",
                    "--progress",
                    "plain",
                    "-o",
                    "type=local,dest=" + out,
                    context.toString()));
    assertThat(status).isZero();
    assertThat(out.resolve("done")).hasContent("well done");
    assertThat(out.resolve("mounts")).content().contains("/dev/sd");
    assertThat(out.resolve("copied")).hasSameTextualContentAs(out.resolve("mounts"));
    assertThat(out.resolve("data")).doesNotExist();
  }
}
