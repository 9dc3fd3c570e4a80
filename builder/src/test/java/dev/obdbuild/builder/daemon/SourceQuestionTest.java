package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import com.sun.net.httpserver.SimpleFileServer.OutputLevel;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.protos.gateway.AttestationChain;
import dev.obdbuild.protos.gateway.ChecksumRequest;
import dev.obdbuild.protos.gateway.ChecksumRequest.ChecksumAlgo;
import dev.obdbuild.protos.gateway.ResolveImageConfigRequest;
import dev.obdbuild.protos.gateway.ResolveSourceGitRequest;
import dev.obdbuild.protos.gateway.ResolveSourceGitResponse;
import dev.obdbuild.protos.gateway.ResolveSourceHTTPRequest;
import dev.obdbuild.protos.gateway.ResolveSourceHTTPResponse;
import dev.obdbuild.protos.gateway.ResolveSourceImageRequest;
import dev.obdbuild.protos.gateway.ResolveSourceMetaRequest;
import dev.obdbuild.protos.gateway.SolveRequest;
import dev.obdbuild.protos.pb.SourceOp;
import dev.obdbuild.protos.sourcepolicy.Policy;
import dev.obdbuild.protos.sourcepolicy.PolicyAction;
import dev.obdbuild.protos.sourcepolicy.Rule;
import dev.obdbuild.protos.sourcepolicy.Selector;
import dev.obdbuild.testkit.NeedsTool;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** What frontends and policies ask about sources. */
@NeedsTool("git")
final class SourceQuestionTest extends DaemonTest {

  private static ResolveSourceMetaRequest.Builder about(String identifier) {
    return ResolveSourceMetaRequest.newBuilder()
        .setSource(SourceOp.newBuilder().setIdentifier(identifier));
  }

  private static final String REPOSITORY =
      """
      set -e
      git init -q "$0"
      cd "$0"
      git config user.name Someone
      git config user.email someone@example.com
      echo 1 > f
      git add f
      git commit -q -m 'the first'
      git tag -a v1 -m 'a tag'
      git clone -q --bare . "$0.git"
      git -C "$0.git" update-server-info
      """;

  private HttpServer serve(Path folder) {
    HttpServer server =
        SimpleFileServer.createFileServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), folder, OutputLevel.NONE);
    server.start();
    return server;
  }

  private static String name(String type, ByteString object) throws Exception {
    MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
    sha1.update((type + " " + object.size() + "\0").getBytes(StandardCharsets.US_ASCII));
    return HexFormat.of().formatHex(sha1.digest(object.toByteArray()));
  }

  @Test
  void theObjectsOfACommitAndItsTagAreTold() throws Exception {
    Path folder = Files.createDirectory(temp.resolve("git"));
    it.client().run("sh", "-c", REPOSITORY, folder.resolve("repo").toString()).ok();
    HttpServer server = serve(folder);
    try (DrivenSolve solve = new DrivenSolve(it.address())) {
      String remote = "127.0.0.1:" + server.getAddress().getPort() + "/repo.git";
      ResolveSourceMetaRequest.Builder question = about("git://" + remote + "#v1");
      question.getSourceBuilder().putAttrs("git.fullurl", "http://" + remote);
      question.setGit(ResolveSourceGitRequest.newBuilder().setReturnObject(true));

      ResolveSourceGitResponse git = solve.gateway().resolveSourceMeta(question.build()).getGit();

      assertThat(git.getRef()).isEqualTo("refs/tags/v1");
      assertThat(git.getTagObject().toStringUtf8()).contains("tag v1").endsWith("\n\na tag\n");
      assertThat(git.getCommitObject().toStringUtf8())
          .contains("author Someone <someone@example.com>")
          .endsWith("\n\nthe first\n");
      assertThat(name("tag", git.getTagObject())).isEqualTo(git.getChecksum());
      assertThat(name("commit", git.getCommitObject())).isEqualTo(git.getCommitChecksum());
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aHashOverAFileAndWhatIsToFollowIsTold() throws Exception {
    Path folder = Files.createDirectory(temp.resolve("http"));
    Files.writeString(folder.resolve("f"), "content");
    HttpServer server = serve(folder);
    try (DrivenSolve solve = new DrivenSolve(it.address())) {
      String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/f";

      ResolveSourceHTTPResponse file =
          solve
              .gateway()
              .resolveSourceMeta(
                  about(url)
                      .setHTTP(
                          ResolveSourceHTTPRequest.newBuilder()
                              .setChecksumRequest(
                                  ChecksumRequest.newBuilder()
                                      .setAlgo(ChecksumAlgo.CHECKSUM_ALGO_SHA512)
                                      .setSuffix(ByteString.copyFromUtf8("more"))))
                      .build())
              .getHTTP();

      assertThat(file.getChecksum())
          .isEqualTo(Digest.sha256("content".getBytes(StandardCharsets.UTF_8)).toString());
      assertThat(file.getChecksumResponse().getDigest())
          .isEqualTo(
              "sha512:"
                  + HexFormat.of()
                      .formatHex(
                          MessageDigest.getInstance("SHA-512")
                              .digest("contentmore".getBytes(StandardCharsets.UTF_8))));
      assertThat(file.getChecksumResponse().getSuffix().toStringUtf8()).isEqualTo("more");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void whatProvesAnImageIsTold() throws Exception {
    it.build(it.context("FROM BASE\nRUN true\n"), push("proven"), "--opt=attest:provenance=").ok();
    try (DrivenSolve solve = new DrivenSolve(it.address())) {
      ResolveSourceMetaRequest.Builder question =
          about("docker-image://" + it.registry() + "/proven:latest");
      question.setImage(
          ResolveSourceImageRequest.newBuilder()
              .setNoConfig(true)
              .addResolveAttestations("https://slsa.dev/provenance/v1"));

      var image = solve.gateway().resolveSourceMeta(question.build()).getImage();

      AttestationChain chain = image.getAttestationChain();
      assertThat(image.getConfig()).isEmpty();
      assertThat(chain.getRoot()).isEqualTo(image.getDigest());
      assertThat(chain.getBlobsMap())
          .containsKeys(chain.getRoot(), chain.getAttestationManifest())
          .doesNotContainKey(chain.getImageManifest())
          .hasSize(3)
          .allSatisfy(
              (digest, blob) ->
                  assertThat(Digest.sha256(blob.getData().toByteArray())).hasToString(digest));
      assertThat(chain.getBlobsMap().values())
          .anySatisfy(
              blob -> assertThat(blob.getData().toStringUtf8()).contains("buildDefinition"));
    }
  }

  @Test
  void anImageWithoutAnIndexHasNothingThatProvesIt() throws Exception {
    try (DrivenSolve solve = new DrivenSolve(it.address())) {
      ResolveSourceMetaRequest.Builder question = about("docker-image://" + it.base());
      question.setImage(ResolveSourceImageRequest.newBuilder().setAttestationChain(true));

      var image = solve.gateway().resolveSourceMeta(question.build()).getImage();

      assertThat(image.getAttestationChain())
          .isEqualTo(AttestationChain.newBuilder().setRoot(image.getDigest()).build());
      assertThat(image.getConfig().toStringUtf8()).contains("PATH=/bin");
    }
  }

  private static Policy denying(String identifier) {
    return Policy.newBuilder()
        .addRules(
            Rule.newBuilder()
                .setAction(PolicyAction.DENY)
                .setSelector(Selector.newBuilder().setIdentifier(identifier)))
        .build();
  }

  @Test
  void aQuestionMayBringRulesOfItsOwn() throws Exception {
    Policy policy = denying("docker-image://" + it.registry() + "/*");
    try (DrivenSolve solve = new DrivenSolve(it.address())) {
      assertThatThrownBy(
              () ->
                  solve
                      .gateway()
                      .resolveSourceMeta(
                          about("docker-image://" + it.base()).addSourcePolicies(policy).build()))
          .hasMessageContaining("denied by policy");
      assertThatThrownBy(
              () ->
                  solve
                      .gateway()
                      .resolveImageConfig(
                          ResolveImageConfigRequest.newBuilder()
                              .setRef(it.base())
                              .addSourcePolicies(policy)
                              .build()))
          .hasMessageContaining("denied by policy");
      assertThat(
              solve
                  .gateway()
                  .resolveSourceMeta(about("docker-image://" + it.base()).build())
                  .getImage()
                  .getDigest())
          .isNotEmpty();
    }
  }

  @Test
  void aSolveThroughTheGatewayMayBringRulesOfItsOwn() throws Exception {
    try (DrivenSolve solve = new DrivenSolve(it.address())) {
      assertThatThrownBy(
              () ->
                  solve
                      .gateway()
                      .solve(
                          SolveRequest.newBuilder()
                              .setDefinition(LocalGraph.definition("context"))
                              .setAllowResultReturn(true)
                              .addSourcePolicies(denying("local://*"))
                              .build()))
          .hasMessageContaining("source \"local://context\" denied by policy");
    }
  }
}
