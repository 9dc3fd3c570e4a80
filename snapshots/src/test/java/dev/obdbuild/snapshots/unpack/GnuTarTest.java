package dev.obdbuild.snapshots.unpack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.oci.tar.TarReader;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What GNU tar packs in each of its formats comes out as it went in. */
@NeedsRoot
@NeedsTool({"tar", "mknod", "setfattr"})
final class GnuTarTest {
  @TempDir Path temp;

  private static void run(Path in, String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(in.toFile()).redirectErrorStream(true).start();
    String output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }

  private Path source() throws IOException, InterruptedException {
    Path source = Files.createDirectory(temp.resolve("source"));
    Files.createDirectories(source.resolve("d/" + "n".repeat(120) + "/" + "m".repeat(200)));
    Files.writeString(
        source.resolve("d/" + "n".repeat(120) + "/" + "m".repeat(200) + "/f"), "deep");
    Files.writeString(source.resolve("plain"), "text");
    Files.createLink(source.resolve("z-hard"), source.resolve("plain"));
    Files.createSymbolicLink(source.resolve("soft"), Path.of("x".repeat(150)));
    try (OpenFile sparse = OpenFile.readWrite(source.resolve("sparse"))) {
      for (int i = 0; i < 20; i++) {
        sparse.write(MemorySegment.ofArray(new byte[] {1, 2, 3}), i * 1_000_003L);
      }
      sparse.truncate(30 << 20);
    }
    run(source, "mknod", "fifo", "p");
    run(source, "mknod", "dev", "c", "5", "300");
    run(source, "chown", "123456:7", "plain");
    run(source, "chmod", "6755", "plain");
    run(source, "touch", "-d", "1985-01-01 12:00:00.5", "d");
    return source;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gnu",
        "oldgnu",
        "pax",
        "pax --sparse-version=0.0",
        "pax --sparse-version=0.1",
        "xattrs"
      })
  void comesOutAsItWentIn(String format) throws Exception {
    Path source = source();
    List<String> command =
        new ArrayList<>(List.of("tar", "-cSf", temp.resolve("a.tar").toString()));
    if (format.equals("xattrs")) {
      run(source, "setfattr", "-n", "user.bin", "-v", "0x00ff0a3d00", "plain");
      command.addAll(List.of("--xattrs", "--xattrs-include=*", "--format=pax"));
    } else {
      command.addAll(List.of(("--format=" + format).split(" ")));
    }
    command.add(".");
    run(source, command.toArray(String[]::new));
    Path target = Files.createDirectory(temp.resolve("target"));
    try (TarReader tar = new TarReader(Files.newInputStream(temp.resolve("a.tar")), "a.tar")) {
      LayerApply.apply(tar, target, UnpackOptions.LAYER);
    }
    assertThat(Listings.of(target)).isEqualTo(Listings.of(source));
    try (OpenFile sparse = OpenFile.read(target.resolve("sparse"))) {
      assertThat(sparse.stat().blocks()).isLessThan(1000);
    }
  }
}
