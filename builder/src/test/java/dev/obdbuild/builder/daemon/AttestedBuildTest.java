package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What is attested about images, files and past builds, as clients see it. */
final class AttestedBuildTest extends DaemonTest {

  private static final String SCANNER =
      """
      #!/bin/sh
      files=$(find "$BUILDKIT_SCAN_SOURCE" -type f | wc -l)
      extras=$([ -z "$BUILDKIT_SCAN_SOURCE_EXTRAS" ] || ls "$BUILDKIT_SCAN_SOURCE_EXTRAS")
      for name in sbom $extras; do
        echo '{"_type":"https://in-toto.io/Statement/v1",
          "predicateType":"https://spdx.dev/Document",
          "predicate":{"files":'$files',"depth":"'$BUILDKIT_SCAN_DEPTH'",
          "extra":"'$(cd "$BUILDKIT_SCAN_SOURCE_EXTRAS/$name" && ls | tr '\\n' ' ')'"}}' \
          > "$BUILDKIT_SCAN_DESTINATION/$name.spdx.json"
      done
      """;

  private Path files(String word) throws Exception {
    return it.context("FROM scratch\nCOPY a b /d/\n", "a", word, "b", word);
  }

  private String scanner() throws Exception {
    Path context =
        it.context(
            "FROM BASE\nCOPY --chmod=755 scan /scan\nENTRYPOINT [\"/scan\"]\n", "scan", SCANNER);
    it.build(context, push("scan")).ok();
    return "--opt=attest:sbom=generator=" + it.registry() + "/scan,DEPTH=3";
  }

  private String blob(String name, String digest) throws Exception {
    String url = "http://" + it.registry() + "/v2/" + name + "/blobs/" + digest;
    return it.client().run("busybox", "wget", "-q", "-O", "-", url).ok().out();
  }

  private static String after(String text, String before, String until) {
    int at = text.indexOf(before);
    assertThat(at).as("%s in %s", before, text).isNotNegative();
    return text.substring(at + before.length(), text.indexOf(until, at + before.length()));
  }

  @Test
  void aProvenanceTellsTheBaseAndNoSecretAndStandsBesideTheImage() throws Exception {
    Path secret = Files.writeString(temp.resolve("secret"), "never-told");
    Path context = it.context("FROM BASE\nARG X\nRUN --mount=type=secret,id=tok echo $X > /x\n");

    it.build(
            context,
            push("at/max"),
            "--secret=id=tok,src=" + secret,
            "--opt=build-arg:X=5",
            "--opt=attest:provenance=mode=max,builder-id=http://me")
        .ok();

    String index = inspect("at/max", "--raw");
    assertThat(index).contains("attestation-manifest");
    String manifest =
        inspect(
            "at/max@sha256:"
                + after(
                    index.substring(index.indexOf("reference.digest") - 300),
                    "\"digest\":\"sha256:",
                    "\""),
            "--raw");
    assertThat(manifest).contains("https://slsa.dev/provenance/v1");
    String layers = manifest.substring(manifest.indexOf("\"layers\""));
    String statement = blob("at/max", after(layers, "\"digest\":\"", "\""));
    assertThat(statement)
        .contains("pkg:docker/" + it.registry().replace(":", "%3A") + "/base/busybox@1")
        .contains("\"build-arg:X\":\"5\"")
        .contains("\"secrets\":[{\"id\":\"tok\"")
        .contains("\"id\":\"http://me\"")
        .contains("llbDefinition")
        .contains("\"step0:0\":[[")
        .doesNotContain("never-told");
  }

  @Test
  void ordinaryImagesOfSeveralPlatformsAreAttestedEach() throws Exception {
    it.build(
            files("ordinary"),
            push("at/tar") + ",compression=gzip",
            "--opt=platform=linux/amd64,linux/386",
            "--opt=attest:provenance=mode=min",
            scanner())
        .ok();

    String index = inspect("at/tar", "--raw");
    assertThat(index.split("\"attestation-manifest\"", -1)).hasSize(3);
  }

  @Test
  void filesHaveStatementsBesideThem() throws Exception {
    Path folder = temp.resolve("attested");

    it.build(
            files("files"),
            "--output=type=local,dest=" + folder,
            "--opt=attest:provenance=mode=min,version=v0.2",
            scanner())
        .ok();

    assertThat(folder.resolve("sbom.spdx.json"))
        .content()
        .contains("\"files\": 2", "\"depth\": \"3\"", "\"name\": \"d/a\"");
    assertThat(folder.resolve("provenance.json"))
        .content()
        .contains("https://slsa.dev/provenance/v0.2", "\"name\": \"d/b\"");
  }

  @Test
  void platformsHaveFoldersAndTheirStatementsAPrefix() throws Exception {
    Path tar = temp.resolve("attested.tar");

    it.build(
            files("tar"),
            "--output=type=tar,attestation-prefix=my-,dest=" + tar,
            "--opt=platform=linux/amd64,linux/386",
            "--opt=attest:provenance=mode=max")
        .ok();

    assertThat(it.client().run("tar", "-tf", tar.toString()).ok().out())
        .contains("linux_386/d/a", "linux_386/my-provenance.json")
        .contains("linux_amd64/d/a", "linux_amd64/my-provenance.json");
  }

  @Test
  void aFolderThatIsToHoldNothingElseLosesTheRest() throws Exception {
    Path folder = Files.createDirectories(temp.resolve("mirrored"));
    Files.writeString(folder.resolve("old"), "x");

    it.build(
            files("mirrored"),
            "--output=type=local,mode=delete,dest=" + folder,
            "--opt=platform=linux/amd64,linux/386",
            "--opt=build-arg:SOURCE_DATE_EPOCH=1000000")
        .ok();

    assertThat(folder.resolve("old")).doesNotExist();
    assertThat(Files.getLastModifiedTime(folder.resolve("linux_386/d/a")).toInstant())
        .hasToString("1970-01-12T13:46:40Z");
  }

  @Test
  void buildxFindsTheProvenanceOfAPastBuild() throws Exception {
    Path metadata = temp.resolve("provenance-metadata.json");
    it.buildx(
            "build",
            "--metadata-file=" + metadata,
            "--tag=" + it.registry() + "/at/past",
            "--push",
            files("past").toString())
        .ok();

    assertThat(metadata).content().contains("buildx.build.provenance", "dockerfile.v0");
    assertThat(it.buildx("history", "inspect").ok().out())
        .contains("https://slsa.dev/provenance/v1", "image.manifest.v1+json");
    assertThat(it.buildx("history", "inspect", "attachment", "--type=provenance").ok().out())
        .contains("buildDefinition", "llbDefinition");
  }

  @Test
  void aScannerThatIsNotThereFailsTheBuildByName() throws Exception {
    String scanner = it.registry() + "/no/scanner:1";

    assertThat(it.build(files("none"), "--opt=attest:sbom=generator=" + scanner).failure())
        .contains(scanner)
        .contains("not found");
  }

  @Test
  void theContextAndStagesAreScannedWhereArgumentsSaySo() throws Exception {
    Path context =
        it.context(
            "ARG BUILDKIT_SBOM_SCAN_CONTEXT=true\n"
                + "FROM scratch AS one\nARG BUILDKIT_SBOM_SCAN_STAGE=1\nCOPY a /of-one\n"
                + "FROM scratch AS two\nARG BUILDKIT_SBOM_SCAN_STAGE=one,three\nCOPY a /of-two\n"
                + "FROM scratch\nCOPY --from=one /of-one /\nCOPY --from=two /of-two /\nCOPY b /\n",
            "a",
            "x",
            "b",
            "y");
    Path folder = temp.resolve("scanned");

    it.build(context, "--output=type=local,dest=" + folder, scanner()).ok();

    assertThat(folder.resolve("sbom.spdx.json")).content().contains("\"files\": 3");
    assertThat(folder.resolve("sbom-context.spdx.json")).content().contains("\"extra\": \"a b \"");
    assertThat(folder.resolve("sbom-one.spdx.json")).content().contains("\"extra\": \"of-one \"");
    assertThat(folder.resolve("sbom-two.spdx.json")).doesNotExist();
  }

  @Test
  void aLinkedTargetIsToldAsAnInput() throws Exception {
    Path folder = temp.resolve("linked");
    Path context =
        it.context(
            "FROM made\nRUN cat /word > /copied\n",
            "made/Dockerfile",
            "FROM " + it.base() + "\nARG WORD\nRUN echo $WORD > /word\n",
            "docker-bake.json",
            """
            {"target": {
              "made": {"context": "made", "args": {"WORD": "spoken"}, "output": ["type=cacheonly"]},
              "it": {"contexts": {"made": "target:made"}, "output": ["type=local,dest=OUT"],
                     "attest": ["type=provenance,mode=max"]}}}
            """
                .replace("OUT", folder.toString()));

    it.client()
        .with("BUILDX_BAKE_ENTITLEMENTS_FS", "0")
        .run(
            "sh",
            "-c",
            "cd \"$0\" && exec buildx bake --builder=" + it.builder() + " it",
            context.toString())
        .ok();

    assertThat(folder.resolve("copied")).hasContent("spoken");
    assertThat(folder.resolve("provenance.json"))
        .content()
        .contains("/base/busybox@1?")
        .contains("\"context:made\": \"input:0-made\"")
        .containsPattern("\"inputs\": \\{\\s*\"0-made\"")
        .contains("\"build-arg:WORD\": \"spoken\"");
  }

  @Test
  void buildxReadsWhatIsAttestedAboutABlockImageAndTheImageIsReferredTo() throws Exception {
    it.build(files("blocks"), push("at/blocks"), "--opt=attest:provenance=mode=max", scanner())
        .ok();
    String name = it.registry() + "/at/blocks";

    String provenance =
        it.buildx("imagetools", "inspect", "--format={{json .Provenance}}", name).ok().out();
    String packages =
        it.buildx("imagetools", "inspect", "--format={{json .SBOM}}", name).ok().out();

    assertThat(provenance).contains("llbDefinition", "\"layers\"");
    assertThat(packages).contains("SPDX", "\"files\": 2");
    String image = after(inspect("at/blocks", "--raw"), "\"digest\":\"sha256:", "\"");
    assertThat(inspect("at/blocks:sha256-" + image, "--raw"))
        .contains("application/vnd.docker.attestation.manifest.v1+json");
  }

  @Test
  void aProvenanceThatCannotTellEverythingFailsABuildThatDemandsIt() throws Exception {
    Path context = files("incomplete");

    assertThat(it.build(context, "--opt=attest:provenance=complete-materials=true").failure())
        .contains("provenance materials are incomplete")
        .contains("context, dockerfile");
  }
}
