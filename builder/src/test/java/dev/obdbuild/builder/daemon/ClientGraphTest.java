package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.builder.daemon.Client.Ended;
import dev.obdbuild.llb.FileAction;
import dev.obdbuild.llb.FileAction.CopyOptions;
import dev.obdbuild.llb.FileOp;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.SourceAttr;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.VertexMetadata;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Graphs that {@code buildctl} reads from its standard input: no frontend of ours makes them. */
final class ClientGraphTest extends DaemonTest {

  private static Node.Out local(String name, Map<String, String> attrs) {
    return Node.of(
            SourceOp.of("local://" + name, attrs),
            List.of(),
            Optional.empty(),
            VertexMetadata.EMPTY)
        .out();
  }

  private static Node.Out copy(Node.Out onto, Node.Out from, boolean replace) {
    FileAction.Copy copy =
        FileAction.Copy.of(
            "/", "/", new CopyOptions(false, true, false, false, false, false, replace));
    return Node.of(
            new FileOp(List.of(new FileAction(0, 1, 0, copy))),
            List.of(onto, from),
            Optional.empty(),
            VertexMetadata.EMPTY)
        .out();
  }

  private Ended build(Node.Out result, Path out, String... more) throws Exception {
    Path file = Files.createTempFile(temp, "graph", ".llb");
    Files.write(file, Graph.of(result, List.of()).toDefinition().toByteArray());
    List<String> command = new ArrayList<>(List.of("buildctl", "build", "--progress=plain"));
    command.add("--output=type=local,dest=" + out);
    command.addAll(List.of(more));
    return it.client().runFrom(file, command.toArray(String[]::new));
  }

  private Path folder(String name, String script) throws Exception {
    Path folder = Files.createDirectory(temp.resolve(name));
    it.client().run("sh", "-c", "set -e; cd \"$0\"; " + script, folder.toString()).ok();
    return folder;
  }

  @Test
  void foldersOfDifferentIdentityAreSentEachAndStepsOnEqualFilesAreShared() throws Exception {
    Path sent = folder("unique", "echo one > f");
    Path base = folder("unique-base", "echo base > g");
    String[] locals = {"--local=src=" + sent, "--local=base=" + base};

    build(
            copy(local("base", Map.of()), local("src", unique("first")), false),
            temp.resolve("unique-1"),
            locals)
        .ok();
    Ended equal =
        build(
                copy(local("base", Map.of()), local("src", unique("second")), false),
                temp.resolve("unique-2"),
                locals)
            .ok();
    Files.writeString(sent.resolve("f"), "another\n");
    build(
            copy(local("base", Map.of()), local("src", unique("third")), false),
            temp.resolve("unique-3"),
            locals)
        .ok();

    assertThat(temp.resolve("unique-1/f")).hasContent("one\n");
    assertThat(equal.err()).containsPattern("(?m)^#\\d+ CACHED$");
    assertThat(temp.resolve("unique-2/f")).hasContent("one\n");
    assertThat(temp.resolve("unique-3/f")).hasContent("another\n");
    assertThat(temp.resolve("unique-3/g")).hasContent("base\n");
  }

  @Test
  void aGraphMayNeedWhatIsDoneHereAndNothingElse() throws Exception {
    Path sent = folder("needs", "echo one > f");
    List<String> done =
        List.of(
            "exec.meta.cdi",
            "exporter.session",
            "source.git.bundle",
            "source.git.checkoutbundle",
            "source.git.signatureverify",
            "source.http.signatureverify");
    build(needing(done), temp.resolve("needs-1"), "--local=src=" + sent).ok();
    assertThat(temp.resolve("needs-1/f")).hasContent("one\n");
    Ended refused =
        build(needing(List.of("exec.wings")), temp.resolve("needs-2"), "--local=src=" + sent);
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("exec.wings");
  }

  private static Node.Out needing(List<String> caps) {
    return Node.of(
            SourceOp.of("local://src", Map.of()),
            List.of(),
            Optional.empty(),
            VertexMetadata.of(Map.of(), caps))
        .out();
  }

  private static Map<String, String> unique(String id) {
    return Map.of(SourceAttr.LOCAL_UNIQUE, id);
  }

  private static final String THERE =
      """
      mkdir dir dir-to-file link-target
      touch dir/old dir-to-file/inside link-target/kept
      echo there > file-to-dir
      ln -s link-target link-to-dir
      """;

  private static final String COPIED =
      """
      mkdir dir file-to-dir link-to-dir
      touch dir/new
      echo copied > dir-to-file
      touch file-to-dir/inside link-to-dir/inside
      """;

  @Test
  void whatLiesInTheWayOfACopyIsReplacedWhenTheGraphSaysSo() throws Exception {
    String[] locals = {
      "--local=to=" + folder("replace-to", THERE), "--local=from=" + folder("replace-from", COPIED)
    };
    Path out = temp.resolve("replaced");

    build(copy(local("to", Map.of()), local("from", Map.of()), true), out, locals).ok();

    assertThat(out.resolve("dir/old")).exists();
    assertThat(out.resolve("dir/new")).exists();
    assertThat(out.resolve("dir-to-file")).hasContent("copied\n");
    assertThat(out.resolve("file-to-dir/inside")).isRegularFile();
    assertThat(Files.isSymbolicLink(out.resolve("link-to-dir"))).isFalse();
    assertThat(out.resolve("link-to-dir/inside")).isRegularFile();
    assertThat(out.resolve("link-target/kept")).exists();
    assertThat(out.resolve("link-target/inside")).doesNotExist();
  }

  @Test
  void withoutThatADirectoryInTheWayOfAFileFailsTheCopy() throws Exception {
    Path to = folder("kept-to", THERE);
    Path from = folder("kept-from", "echo copied > dir-to-file");

    String failure =
        build(
                copy(local("to", Map.of()), local("from", Map.of()), false),
                temp.resolve("kept"),
                "--local=to=" + to,
                "--local=from=" + from)
            .failure();

    assertThat(failure).contains("dir-to-file");
  }
}
