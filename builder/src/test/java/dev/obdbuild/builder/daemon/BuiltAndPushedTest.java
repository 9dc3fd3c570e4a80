package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Builds by either client, pushed. */
final class BuiltAndPushedTest extends DaemonTest {

  @Test
  void buildctlBuildsAndPushes() throws Exception {
    Path context = it.context("FROM BASE\nCOPY hello /\nRUN cat /hello > /copy\n", "hello", "hi");

    it.build(context, push("ctl/app:1")).ok();

    assertThat(inspect("ctl/app:1", "--raw")).contains("containerd.io/snapshot/overlaybd");
  }

  @Test
  void buildxBuildsAndPushes() throws Exception {
    Path context = it.context("FROM BASE\nLABEL by=buildx\nRUN echo built > /made\n");

    it.buildx("build", "--push", "-t", it.registry() + "/x/app:1", context.toString()).ok();

    assertThat(inspect("x/app:1", "--config")).contains("\"by\": \"buildx\"");
  }

  @Test
  void aNameWithoutTagIsPushedByDigest() throws Exception {
    Path context = it.context("FROM BASE\nRUN echo digest > /made\n");
    Path metadata = temp.resolve("digest.json");
    String name = it.registry() + "/x/digest";

    it.buildx(
            "build",
            "--output=type=image,push=true,push-by-digest=true,name=" + name,
            "--metadata-file=" + metadata,
            context.toString())
        .ok();

    String digest =
        Files.readString(metadata)
            .replaceAll("(?s).*\"containerimage.digest\": \"(sha256:[0-9a-f]{64})\".*", "$1");
    assertThat(inspect("x/digest@" + digest, "--raw")).contains("overlaybd");
    assertThat(
            it.buildx(
                    "build",
                    "--output=type=image,push=true,push-by-digest=true,name=" + name + ":1",
                    context.toString())
                .failure())
        .contains("can't push tagged ref " + name + ":1 by digest");
  }

  @Test
  void whatIsTransferredIsToldOnce() throws Exception {
    Path context = it.context("FROM BASE\nCOPY big /\n", "big", "b".repeat(100_000));

    // The content, once, and some packets' frames and names.
    assertThat(it.build(context).ok().err())
        .containsPattern("transferring context: 100\\.[01]\\dkB ");
  }

  @Test
  void buildxAttachesProvenanceWhenItIsNotToldOtherwise() throws Exception {
    Path context = it.context("FROM BASE\nRUN echo attested > /made\n");
    Path metadata = temp.resolve("attested.json");

    it.client()
        .with("BUILDX_NO_DEFAULT_ATTESTATIONS", "0")
        .run(
            it.buildxCommand(
                "build",
                "--push",
                "--metadata-file=" + metadata,
                "--tag=" + it.registry() + "/x/attested:1",
                context.toString()))
        .ok();

    assertThat(inspect("x/attested:1", "--raw"))
        .contains("application/vnd.oci.image.index.v1+json")
        .contains("attestation-manifest");
    assertThat(Files.readString(metadata)).contains("containerimage.digest");
  }

  @Test
  void bakeBuildsLinkedTargets() throws Exception {
    Path context =
        it.context(
            "FROM scratch\n",
            "a.Dockerfile",
            "FROM " + it.base() + "\nRUN echo from-a > /a\n",
            "b.Dockerfile",
            "FROM base\nRUN cat /a > /b && echo and-b >> /b\n",
            "docker-bake.hcl",
            """
            target "a" {
              context = "."
              dockerfile = "a.Dockerfile"
            }
            target "b" {
              context = "."
              dockerfile = "b.Dockerfile"
              contexts = { base = "target:a" }
              tags = ["REGISTRY/bake/b:1"]
            }
            """
                .replace("REGISTRY", it.registry()));

    it.client()
        .with("BUILDX_BAKE_ENTITLEMENTS_FS", "0")
        .run(
            "sh",
            "-c",
            "cd \"$0\" && exec \"$@\"",
            context.toString(),
            "buildx",
            "bake",
            "--builder=" + it.builder(),
            "--push",
            "b")
        .ok();

    Path check = it.context("FROM " + it.registry() + "/bake/b:1\nRUN cat /b\n");
    assertThat(it.build(check).ok().err()).contains("from-a").contains("and-b");
  }
}
