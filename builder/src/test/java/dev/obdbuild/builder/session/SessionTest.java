package dev.obdbuild.builder.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.builder.session.serve.OutputTarget;
import dev.obdbuild.builder.session.serve.SessionServer;
import dev.obdbuild.builder.session.sync.SentBytes;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.oci.registry.Login;
import dev.obdbuild.protos.control.BytesMessage;
import dev.obdbuild.worker.SshAgents;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.LocalFilter;
import dev.obdbuild.worker.content.LocalTree;
import dev.obdbuild.worker.source.local.LocalRequest;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class SessionTest {
  @TempDir Path temp;

  @Test
  void secretsAndLoginsComeThroughTheTunnel() throws Exception {
    Credentials logins =
        registry ->
            registry.equals("docker.io") ? Optional.of(new Login("u", "p")) : Optional.empty();
    try (SessionPair pair = new SessionPair(temp);
        SessionServer client =
            pair.connect(
                Lending.with(
                    new LocalFolders(Map.of()),
                    id -> id.equals("k") ? Optional.of("v".getBytes(UTF_8)) : Optional.empty(),
                    logins,
                    SshAgents.none()))) {
      ClientSession session = pair.session(client);
      assertThat(session.secrets().get("k")).hasValue("v".getBytes(UTF_8));
      assertThat(session.secrets().get("other")).isEmpty();
      assertThat(session.credentials().login("docker.io")).hasValue(new Login("u", "p"));
      assertThat(session.credentials().login("other:5000")).isEmpty();
      assertThat(pair.sessions.credentials().login("docker.io")).hasValue(new Login("u", "p"));
      assertThat(session.offers("/moby.filesync.v1.FileSync/diffcopy")).isTrue();
      assertThat(session.ssh().has("default")).isFalse();
    }
  }

  @Test
  void anAgentIsSpokenWith() throws Exception {
    SshAgents echo =
        new SshAgents() {
          @Override
          public boolean has(String id) {
            return id.equals("default");
          }

          @Override
          public Connection connect(String id) throws IOException {
            PipedInputStream in = new PipedInputStream(1 << 16);
            PipedOutputStream out = new PipedOutputStream(in);
            return new Connection() {
              @Override
              public InputStream in() {
                return in;
              }

              @Override
              public OutputStream out() {
                return out;
              }

              @Override
              public void close() throws IOException {
                out.close();
              }
            };
          }
        };
    try (SessionPair pair = new SessionPair(temp);
        SessionServer client =
            pair.connect(
                Lending.with(
                    new LocalFolders(Map.of()),
                    id -> Optional.empty(),
                    Credentials.none(),
                    echo))) {
      ClientSession session = pair.session(client);
      assertThat(session.ssh().has("")).isTrue();
      try (SshAgents.Connection agent = session.ssh().connect("")) {
        agent.out().write("hello".getBytes(UTF_8));
        assertThat(agent.in().readNBytes(5)).isEqualTo("hello".getBytes(UTF_8));
        agent.out().close();
        assertThat(agent.in().read()).isEqualTo(-1);
      }
    }
  }

  @Test
  void aFolderIsTransferredWithItsFilter() throws Exception {
    Path context = Files.createDirectories(temp.resolve("context/dir"));
    Files.writeString(context.resolve("a ä.txt"), "text");
    Files.writeString(context.resolve("b.log"), "log");
    Files.createSymbolicLink(context.resolve("link"), Path.of("a ä.txt"));
    Files.createLink(context.resolve("same"), context.resolve("b.log"));
    byte[] large = new byte[5_000_000];
    new Random(1).nextBytes(large);
    Files.write(context.resolve("large"), large);
    Files.createFile(context.resolve("none"));
    try (SessionPair pair = new SessionPair(temp);
        SessionServer client =
            pair.connect(Lending.folders(Map.of("context", temp.resolve("context"))))) {
      LocalFilter noLogs =
          new LocalFilter(
              java.util.List.of(), java.util.List.of(), java.util.List.of("**/ä*", "**/*.log"));
      try (FileTree tree = pair.session(client).locals().open(LocalRequest.of("context", noLogs))) {
        assertThat(tree.find(RawPath.of("dir/a ä.txt"))).isPresent();
        assertThat(tree.find(RawPath.of("dir/b.log"))).isEmpty();
        assertThat(tree.find(RawPath.of("dir/same"))).isPresent();
        assertThat(tree.resolve(RawPath.of("dir/link"), true)).isEqualTo(RawPath.of("dir/a ä.txt"));
        assertThat(tree.find(RawPath.of("dir/none")).orElseThrow().size()).isZero();
        assertThat(TreeText.bytes(tree, "dir/large")).isEqualTo(large);
        assertThat(TreeText.bytes(tree, "dir/same")).isEqualTo("log".getBytes(UTF_8));
      }
      assertThatThrownBy(
              () -> pair.session(client).locals().open(LocalRequest.of("x", LocalFilter.ALL)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no access allowed to dir");
    }
  }

  @Test
  void anOutputGoesToAFileOrIsRefused() throws Exception {
    Path file = temp.resolve("out.tar");
    OutputTarget.Single once =
        metadata -> {
          if (Files.exists(file)) {
            throw new FileAlreadyExistsException(file.toString());
          }
          Files.writeString(temp.resolve("digest"), metadata.get("containerimage.digest"));
          return Files.newOutputStream(file);
        };
    byte[] bytes = new byte[3_000_000];
    new Random(2).nextBytes(bytes);
    try (SessionPair pair = new SessionPair(temp);
        SessionServer client = pair.connect(Lending.outputs(Map.of(0, once)))) {
      ClientOutput output = pair.session(client).output(0);
      try (ClientOutput.Upload upload = output.file(Map.of("containerimage.digest", "sha256:0"))) {
        upload.write(bytes);
      }
      assertThat(file).hasBinaryContent(bytes);
      assertThat(temp.resolve("digest")).hasContent("sha256:0");
      assertThatThrownBy(
              () -> {
                try (ClientOutput.Upload upload = output.file(Map.of())) {
                  upload.write(bytes);
                }
              })
          .isInstanceOf(FileAlreadyExistsException.class);
    }
  }

  @Test
  void anOutputGoesToAFolder() throws Exception {
    Path source = temp.resolve("source/sub");
    Files.createDirectories(source.resolve("empty"));
    Files.writeString(source.resolve("file"), "content");
    Files.createLink(source.resolve("other"), source.resolve("file"));
    Files.createSymbolicLink(source.resolve("link"), Path.of("/nowhere"));
    byte[] large = new byte[3_000_000];
    new Random(3).nextBytes(large);
    Files.write(source.resolve("large"), large);
    Path folder = temp.resolve("target");
    Path target = Files.createDirectories(folder.resolve("old"));
    try (SessionPair pair = new SessionPair(temp);
        SessionServer client =
            pair.connect(Lending.outputs(Map.of(3, new OutputTarget.Folder(folder, true))));
        FileTree tree = LocalTree.open(temp.resolve("source"), LocalFilter.ALL)) {
      pair.session(client).output(3).folder(tree, SentBytes.UNCOUNTED);
    }
    assertThat(target).doesNotExist();
    Path sub = temp.resolve("target/sub");
    assertThat(sub.resolve("file")).hasContent("content");
    assertThat(sub.resolve("large")).hasBinaryContent(large);
    assertThat(sub.resolve("empty")).isEmptyDirectory();
    assertThat(Files.readSymbolicLink(sub.resolve("link"))).isEqualTo(Path.of("/nowhere"));
    assertThat(Files.isSameFile(sub.resolve("file"), sub.resolve("other"))).isTrue();
    assertThat(Files.getLastModifiedTime(sub)).isEqualTo(Files.getLastModifiedTime(source));
  }

  @Test
  void standardInputIsUploadedOnce() throws Exception {
    byte[] bytes = new byte[1_000_000];
    new Random(4).nextBytes(bytes);
    try (SessionPair pair = new SessionPair(temp);
        SessionServer client =
            pair.connect(Lending.uploads(Map.of("/abc", new ByteArrayInputStream(bytes))))) {
      ClientSession session = pair.session(client);
      try (InputStream upload = session.upload("abc")) {
        assertThat(upload.readAllBytes()).isEqualTo(bytes);
      }
      assertThatThrownBy(() -> session.upload("abc").readAllBytes())
          .hasMessageContaining("not found");
    }
  }

  /** The end overtakes the first bytes of the tunnel, more or less of them. */
  @RepeatedTest(50)
  void aSessionEndsWithItsClient() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    try (SessionPair pair = new SessionPair(temp)) {
      SessionServer client = pair.connect(Lending.folders(Map.of()));
      ClientSession session = pair.session(client);
      var unused = session.ended().onCancel(ended::countDown);
      client.close();
      ended.await();
      assertThatThrownBy(() -> session.secrets().get("k")).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> pair.sessions.await(client.id(), Duration.ofMillis(1)))
          .isInstanceOf(NoSessionException.class)
          .hasMessageContaining("no active session for " + client.id());
      client.ended().get();
    }
  }

  /**
   * A call that came by a loop may be handed to another thread; the loop goes on with other
   * sessions meanwhile.
   */
  @Test
  void aSessionThatComesOnAnotherThreadDoesNotHoldUpItsLoop() throws Exception {
    try (SessionPair pair = new SessionPair(temp)) {
      CountDownLatch coming = new CountDownLatch(1);
      Future<?> found =
          pair.loops
              .tunnel()
              .submit(
                  () -> {
                    coming.await();
                    return pair.sessions.find("other");
                  });
      SessionHeaders headers =
          new SessionHeaders("one", "", "", Set.of(), Optional.of(Duration.ofHours(1)));
      CompletableFuture<StreamObserver<BytesMessage>> accepted =
          CompletableFuture.supplyAsync(
              () -> pair.sessions.accept(headers, new IdleStream(coming::countDown)));

      accepted.get(20, TimeUnit.SECONDS);

      assertThat(found.get()).isEqualTo(Optional.empty());
      assertThat(pair.sessions.find("one")).isPresent();
      accepted.get().onCompleted();
      assertThat(pair.sessions.find("one")).isEmpty();
    }
  }

  @Test
  void noMoreSessionsThanAllowedAreTaken() throws Exception {
    try (SessionPair pair = new SessionPair(temp, 1);
        SessionServer first = pair.connect(Lending.folders(Map.of()))) {
      assertThat(pair.session(first).id()).isEqualTo(first.id());
      try (SessionServer second = pair.connect(Lending.folders(Map.of()))) {
        assertThatThrownBy(() -> second.ended().get()).hasMessageContaining("RESOURCE_EXHAUSTED");
      }
    }
  }
}
