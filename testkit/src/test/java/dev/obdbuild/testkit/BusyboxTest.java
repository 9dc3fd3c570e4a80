package dev.obdbuild.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NeedsTool("busybox")
final class BusyboxTest {

  @TempDir private Path temp;

  @Test
  void aContextHasADockerfileAndABusyboxThatRuns() throws Exception {
    Path context = Busybox.context(temp, "FROM scratch\n");
    assertThat(context.resolve("Dockerfile")).hasContent("FROM scratch\n");
    Process process =
        new ProcessBuilder(context.resolve("busybox").toString(), "echo", "it runs").start();
    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo("it runs\n");
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void everyContextIsAFolderOfItsOwn() throws Exception {
    assertThat(Busybox.context(temp, "")).isNotEqualTo(Busybox.context(temp, ""));
  }
}
