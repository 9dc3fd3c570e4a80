package dev.obdbuild.builder.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.builder.files.ResultFolders.PlatformFolder;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.linux.file.UnixTime;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.pusher.ExportStages;
import dev.obdbuild.pusher.attest.Attestation;
import dev.obdbuild.pusher.output.FolderOptions;
import dev.obdbuild.pusher.output.LayerChoice;
import dev.obdbuild.pusher.output.Output;
import dev.obdbuild.pusher.output.TarOutput;
import dev.obdbuild.pusher.tree.FilesTar;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.MountedTree;
import dev.obdbuild.worker.content.TreeDir;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JoinedFoldersTest {

  @TempDir Path folder;
  private final List<FileTree> open = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (FileTree tree : open) {
      tree.close();
    }
  }

  private FolderPart part(String label, String at, String... files) throws IOException {
    Path root = Files.createDirectory(folder.resolve(label));
    for (String file : files) {
      Path path = root.resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, label + " " + file);
    }
    FileTree tree = MountedTree.open(root, label);
    open.add(tree);
    return new FolderPart(label, RawPath.of(at), tree, Optional.of(new UnixTime(7, 0)));
  }

  private static List<String> names(FileTree tree) throws IOException {
    List<String> names = new ArrayList<>();
    new TreeFiles(tree)
        .walk(
            (entry, content) -> {
              try (var in = content.open()) {
                String bytes = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                names.add(entry.name() + (bytes.isEmpty() ? "" : ": " + bytes));
              }
            });
    return names;
  }

  @Test
  void platforms_in_folders_of_their_own_do_not_meet() throws Exception {
    JoinedFolders joined =
        new JoinedFolders(
            List.of(part("one", "linux_amd64", "bin/a"), part("two", "linux_arm64", "bin/a")));

    assertThat(names(joined))
        .containsExactly(
            "linux_amd64/",
            "linux_amd64/bin/",
            "linux_amd64/bin/a: one bin/a",
            "linux_arm64/",
            "linux_arm64/bin/",
            "linux_arm64/bin/a: two bin/a");
    Stat top = joined.find(RawPath.of("linux_arm64")).orElseThrow();
    assertThat(top.isDirectory()).isTrue();
    assertThat(top.permissions()).isEqualTo(0755);
    assertThat(joined.find(RawPath.of("linux_arm64/bin/a")).orElseThrow().mtime())
        .isEqualTo(new UnixTime(7, 0));
    assertThat(joined.find(RawPath.of("bin/a"))).isEmpty();
    assertThat(joined.findDir(RawPath.of("linux_s390x"))).isEmpty();
  }

  @Test
  void trees_at_the_top_share_their_folders() throws Exception {
    JoinedFolders joined =
        new JoinedFolders(
            List.of(part("one", "", "bin/b", "z"), part("two", "", "bin/a", "provenance.json")));

    assertThat(names(joined))
        .containsExactly(
            "bin/",
            "bin/a: two bin/a",
            "bin/b: one bin/b",
            "provenance.json: two provenance.json",
            "z: one z");
    try (TreeDir dir = joined.findDir(RawPath.of("bin")).orElseThrow()) {
      assertThat(dir.stat(RawPath.of("a")).size()).isEqualTo("two bin/a".length());
    }
  }

  @Test
  void a_file_that_two_trees_have_is_refused_by_their_names() throws Exception {
    JoinedFolders joined =
        new JoinedFolders(List.of(part("one", "", "bin/a"), part("two", "", "bin/a")));

    assertThatThrownBy(() -> names(joined))
        .hasMessage("cannot overwrite bin/a from one with two when split option is disabled");
  }

  private static FolderOptions options(String key, String value) {
    return ((TarOutput) Output.parse("tar", Map.of(key, value), LayerChoice.OVERLAYBD)).files();
  }

  private PlatformFolder platform(String id, String label, String file) throws IOException {
    Attestation provenance =
        new Attestation(
            "https://slsa.dev/provenance/v1",
            "{}".getBytes(StandardCharsets.UTF_8),
            "/out/provenance.json",
            false,
            List.of());
    FileTree tree = part(label, "", file).tree();
    return new PlatformFolder(id, tree, List.of(provenance), Optional.empty());
  }

  @Test
  void a_result_has_its_statements_beside_its_files() throws Exception {
    List<PlatformFolder> platforms =
        List.of(platform("linux/amd64", "one", "a"), platform("linux/arm64", "two", "b"));
    Path scratch = Files.createDirectory(folder.resolve("scratch"));

    FolderOptions split = options("attestation-prefix", "x-");
    try (ResultFolders result = ResultFolders.of(platforms, split, true, Instant.EPOCH, scratch)) {
      assertThat(names(result.tree()).stream().map(name -> name.replaceAll("(?s): .*", "")))
          .containsExactly(
              "linux_amd64/",
              "linux_amd64/a",
              "linux_amd64/x-provenance.json",
              "linux_arm64/",
              "linux_arm64/b",
              "linux_arm64/x-provenance.json");
      String statement = names(result.tree()).get(2);
      assertThat(statement)
          .contains("\"name\": \"a\"")
          .contains(
              "\"sha256\": \"" + Digest.sha256("one a".getBytes(StandardCharsets.UTF_8)).hex());
    }
    FolderOptions shared = options("platform-split", "false");
    try (ResultFolders result = ResultFolders.of(platforms, shared, true, Instant.EPOCH, scratch)) {
      assertThat(names(result.tree()).stream().map(name -> name.replaceAll("(?s): .*", "")))
          .containsExactly("a", "b", "provenance.linux_amd64.json", "provenance.linux_arm64.json");
    }
    assertThat(scratch).isEmptyDirectory();
  }

  @Test
  void symlinks_are_followed_through_the_joined_tree() throws Exception {
    FolderPart one = part("one", "p", "real/f");
    Files.createSymbolicLink(folder.resolve("one/link"), Path.of("real"));
    JoinedFolders joined = new JoinedFolders(List.of(one));

    assertThat(joined.resolve(RawPath.of("p/link/f"), true)).isEqualTo(RawPath.of("p/real/f"));
    assertThat(joined.resolve(RawPath.of("p/link"), false)).isEqualTo(RawPath.of("p/link"));
  }

  @Test
  void an_archive_of_a_tree_keeps_links_of_both_kinds() throws Exception {
    FolderPart one = part("one", "", "d/f");
    Files.createLink(folder.resolve("one/d/hard"), folder.resolve("one/d/f"));
    Files.createSymbolicLink(folder.resolve("one/soft"), Path.of("d/f"));
    Path archive = folder.resolve("out.tar");
    try (OutputStream out = Files.newOutputStream(archive)) {
      FilesTar.write(new TreeFiles(new JoinedFolders(List.of(one))), out, ExportStages.NONE);
    }

    Process tar = new ProcessBuilder("tar", "tvf", archive.toString()).start();
    String listed = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(tar.waitFor()).isZero();
    assertThat(listed.lines().map(line -> line.replaceAll(".* [0-9:]{5} ", "")))
        .containsExactly("d/", "d/f", "d/hard link to d/f", "soft -> d/f");
  }
}
