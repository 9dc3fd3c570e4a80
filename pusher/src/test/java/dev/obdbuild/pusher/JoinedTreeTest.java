package dev.obdbuild.pusher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.tar.TarEntry;
import dev.obdbuild.pusher.attest.Attestation;
import dev.obdbuild.pusher.output.FolderOptions;
import dev.obdbuild.pusher.output.LayerChoice;
import dev.obdbuild.pusher.output.Output;
import dev.obdbuild.pusher.output.TarOutput;
import dev.obdbuild.pusher.tree.ExportTree;
import dev.obdbuild.pusher.tree.FilesTar;
import dev.obdbuild.pusher.tree.JoinedTree;
import dev.obdbuild.pusher.tree.PlatformFiles;
import dev.obdbuild.testkit.NeedsTool;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JoinedTreeTest {

  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

  @TempDir Path folder;

  /** A folder with one file and a hard link to it. */
  private static ExportTree files(String content) {
    return visitor -> {
      byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
      visitor.entry(
          TarEntry.builder(TarEntry.Type.DIRECTORY, "bin").build(),
          () -> new ByteArrayInputStream(new byte[0]));
      visitor.entry(
          TarEntry.builder(TarEntry.Type.FILE, "bin/" + content).size(bytes.length).build(),
          () -> new ByteArrayInputStream(bytes));
      visitor.entry(
          TarEntry.builder(TarEntry.Type.HARD_LINK, "bin/link-" + content)
              .linkName("bin/" + content)
              .build(),
          () -> new ByteArrayInputStream(new byte[0]));
    };
  }

  private static PlatformFiles platform(String id, String content) {
    Attestation attestation =
        new Attestation(
            "https://slsa.dev/provenance/v1",
            "{}".getBytes(StandardCharsets.UTF_8),
            "/out/provenance.json",
            false,
            List.of());
    return new PlatformFiles(
        id, files(content), List.of(attestation), Optional.of(Instant.ofEpochSecond(7)));
  }

  private static FolderOptions options(String... keyAndValue) {
    Map<String, String> attributes =
        keyAndValue.length == 0 ? Map.of() : Map.of(keyAndValue[0], keyAndValue[1]);
    return ((TarOutput) Output.parse("tar", attributes, LayerChoice.OVERLAYBD)).files();
  }

  private static Map<String, String> read(ExportTree tree) throws IOException {
    Map<String, String> seen = new LinkedHashMap<>();
    tree.walk(
        (entry, content) -> {
          try (var in = content.open()) {
            String bytes = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            seen.put(entry.name(), entry.linkName() + bytes);
          }
        });
    return seen;
  }

  @Test
  void platforms_have_folders_of_their_own_with_their_statements() throws Exception {
    JoinedTree tree =
        new JoinedTree(
            List.of(platform("linux/amd64", "a"), platform("linux/arm64", "a")),
            options("attestation-prefix", "x-"),
            true,
            NOW);

    Map<String, String> seen = read(tree);

    assertThat(seen.keySet())
        .containsExactly(
            "linux_amd64",
            "linux_amd64/bin",
            "linux_amd64/bin/a",
            "linux_amd64/bin/link-a",
            "linux_amd64/x-provenance.json",
            "linux_arm64",
            "linux_arm64/bin",
            "linux_arm64/bin/a",
            "linux_arm64/bin/link-a",
            "linux_arm64/x-provenance.json");
    assertThat(seen).containsEntry("linux_arm64/bin/link-a", "linux_arm64/bin/a");
    assertThat(seen.get("linux_amd64/x-provenance.json"))
        .contains("\"name\": \"bin/a\"")
        .contains("\"sha256\": \"" + Digest.sha256(new byte[] {'a'}).hex() + "\"")
        .doesNotContain("link-a");
  }

  @Test
  void without_split_folders_are_shared_and_statements_tell_their_platform() throws Exception {
    JoinedTree tree =
        new JoinedTree(
            List.of(platform("linux/amd64", "a"), platform("linux/arm64", "b")),
            options("platform-split", "false"),
            true,
            NOW);

    assertThat(read(tree).keySet())
        .containsExactly(
            "bin",
            "bin/a",
            "bin/link-a",
            "provenance.linux_amd64.json",
            "bin/b",
            "bin/link-b",
            "provenance.linux_arm64.json");
  }

  @Test
  void a_file_of_two_platforms_is_refused_without_split() {
    JoinedTree tree =
        new JoinedTree(
            List.of(platform("linux/amd64", "a"), platform("linux/arm64", "a")),
            options("platform-split", "false"),
            true,
            NOW);

    assertThatThrownBy(() -> read(tree))
        .hasMessage(
            "cannot overwrite bin/a from linux/amd64 with linux/arm64 when split option is"
                + " disabled");
  }

  @Test
  @NeedsTool("tar")
  void tar_reads_the_archive() throws Exception {
    Path archive = folder.resolve("out.tar");
    try (OutputStream out = Files.newOutputStream(archive)) {
      JoinedTree tree =
          new JoinedTree(List.of(platform("linux/amd64", "a")), options(), false, NOW);
      FilesTar.write(tree, out, ExportStages.NONE);
    }

    Process tar = new ProcessBuilder("tar", "tvf", archive.toString(), "--utc").start();
    String listed = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(tar.waitFor()).isZero();
    assertThat(listed.lines().map(line -> line.replaceAll(" +", " ")))
        .containsExactly(
            "drwxr-xr-x 0/0 0 1970-01-01 00:00 bin/",
            "-rw-r--r-- 0/0 1 1970-01-01 00:00 bin/a",
            "hrw-r--r-- 0/0 0 1970-01-01 00:00 bin/link-a link to bin/a",
            listed.lines().toList().getLast().replaceAll(" +", " "));
    assertThat(listed).contains("-rw-------").contains("provenance.json");
  }
}
