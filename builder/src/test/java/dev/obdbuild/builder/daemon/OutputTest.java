package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Results that clients take home, read back by others. */
final class OutputTest extends DaemonTest {

  private Path context(String word) throws Exception {
    return it.context(
        "FROM BASE\nRUN mkdir /d && echo "
            + word
            + " > /d/f && ln -s f /d/link && chmod 640 /d/f\n");
  }

  @Test
  void aFolderHoldsTheFilesOfTheResult() throws Exception {
    Path out = temp.resolve("local");

    String printed = it.build(context("local"), "--output=type=local,dest=" + out).ok().err();

    assertThat(printed)
        .containsPattern("#2 \\[internal] load metadata for ")
        .contains("#3 [internal] load .dockerignore")
        .contains("exporting to client directory");
    assertThat(out.resolve("d/f")).hasContent("local\n");
    assertThat(Files.readSymbolicLink(out.resolve("d/link"))).hasToString("f");
  }

  @Test
  void eachPlatformIsShownOnItsWayToAFolder() throws Exception {
    Path context = it.context("FROM scratch\nCOPY Dockerfile /\n");
    String both = "--opt=platform=linux/amd64,linux/arm64";
    String output = "--output=type=local,dest=" + temp.resolve("both");

    assertThat(it.build(context, both, output).ok().err())
        .containsPattern("copying files linux/amd64 \\S+B .*done")
        .containsPattern("copying files linux/arm64 \\S+B .*done");
    assertThat(it.build(context, both, output + ",platform-split=false").failure())
        .contains("copying files");
    assertThat(it.build(context, both, output + ",mode=delete").ok().err())
        .containsPattern("copying files \\d\\S+B .*done");
    assertThat(temp.resolve("both/linux_arm64/Dockerfile")).exists();
  }

  @Test
  void whatMakesNoSenseIsToldInBuildKitsWords() throws Exception {
    assertThat(it.build(context("none"), "--output=type=nothing").failure())
        .contains("error: failed to solve: exporter \"nothing\" could not be found");
  }

  @Test
  void aTarHoldsTheFilesOfTheResult() throws Exception {
    Path out = temp.resolve("out.tar");

    String printed = it.build(context("tar"), "--output=type=tar,dest=" + out).ok().err();

    assertThat(printed).contains("exporting to client tarball");
    assertThat(it.client().run("tar", "-tvf", out.toString()).ok().out())
        .containsPattern("-rw-r----- .* d/f")
        .contains("d/link -> f");
    assertThat(it.client().run("tar", "-xOf", out.toString(), "d/f").ok().out()).isEqualTo("tar\n");
  }

  @Test
  void anOciArchiveIsReadBySkopeoAndCopiedToARegistry() throws Exception {
    Path out = temp.resolve("oci.tar");

    String printed =
        it.build(
                context("oci"),
                "--output=type=oci,compression=gzip,name=it:1,annotation.note=read,dest=" + out)
            .ok()
            .err();

    assertThat(printed).contains("exporting to oci image format");
    assertThat(it.client().run("skopeo", "inspect", "--raw", "oci-archive:" + out).ok().out())
        .contains("\"note\":\"read\"")
        .contains("tar+gzip");
    it.client()
        .run(
            "skopeo",
            "copy",
            "--dest-tls-verify=false",
            "oci-archive:" + out,
            "docker://" + it.registry() + "/out/oci:1")
        .ok();
    Path check = it.context("FROM " + it.registry() + "/out/oci:1\nRUN cat /d/f\n");
    assertThat(it.build(check).ok().err()).contains("oci");
  }

  @Test
  void aDockerArchiveIsReadBySkopeo() throws Exception {
    Path out = temp.resolve("docker.tar");

    String printed =
        it.build(context("docker"), "--output=type=docker,name=example.org/it:2,dest=" + out)
            .ok()
            .err();

    assertThat(printed).contains("exporting to docker image format");
    assertThat(it.client().run("skopeo", "inspect", "docker-archive:" + out, "--config").ok().out())
        .contains("\"diff_ids\"");
    assertThat(it.client().run("tar", "-xOf", out.toString(), "manifest.json").ok().out())
        .contains("example.org/it:2");
  }

  @Test
  void anOciLayoutIsABuildContext() throws Exception {
    Path layout = Files.createDirectories(temp.resolve("layout"));
    it.build(
            context("layout"),
            "--output=type=oci,tar=false,compression=gzip,name=example.org/base:1,dest=" + layout)
        .ok();
    String index = Files.readString(layout.resolve("index.json"));
    String digest = index.replaceAll("(?s).*?\"digest\":\\s*\"(sha256:[0-9a-f]{64})\".*", "$1");
    Path context = it.context("FROM base\nRUN cat /d/f\n");

    String printed =
        it.buildx(
                "build",
                "--build-context=base=oci-layout://" + layout + "@" + digest,
                context.toString())
            .ok()
            .err();

    assertThat(printed).contains("layout");
  }

  @Test
  void aGraphOnStandardInputIsBuilt() throws Exception {
    // A local source as marshalled LLB: op 1 names it, op 2 is the result.
    Path llb = temp.resolve("graph.llb");
    Path folder = Files.createDirectories(temp.resolve("graph"));
    Files.writeString(folder.resolve("word"), "raw");
    Files.write(llb, LocalGraph.definition("folder").toByteArray());
    Path out = temp.resolve("graph-out");

    it.client()
        .runFrom(
            llb,
            "buildctl",
            "build",
            "--progress=plain",
            "--local=folder=" + folder,
            "--output=type=local,dest=" + out)
        .ok();

    assertThat(out.resolve("word")).hasContent("raw");
  }
}
