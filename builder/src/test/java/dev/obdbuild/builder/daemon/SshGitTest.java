package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.builder.daemon.Client.Ended;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.SourceAttr;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.VertexMetadata;
import dev.obdbuild.testkit.NeedsTool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Repositories behind a real ssh server, with the client's agent. */
@NeedsTool({"git", "sshd", "ssh", "ssh-agent", "ssh-add", "ssh-keygen"})
final class SshGitTest extends DaemonTest {

  @SuppressWarnings("NullAway.Init") // started before the first test
  private SshServer server;

  @SuppressWarnings("NullAway.Init") // made before the first test
  private String url;

  @BeforeAll
  void serve() throws Exception {
    Path repository = temp.resolve("behind-ssh.git");
    Path context = it.context("FROM scratch\nCOPY f /copied\n", "f", "fetched by ssh\n");
    it.client().bareRepository(context, repository);
    server = SshServer.start(Files.createDirectory(temp.resolve("sshd")), it.client());
    url = "ssh://" + server.authority() + repository;
  }

  @AfterAll
  void end() {
    server.close();
  }

  private Path graph(String name, Map<String, String> more) throws Exception {
    Map<String, String> attrs =
        new TreeMap<>(
            Map.of(SourceAttr.GIT_FULL_URL, url, SourceAttr.GIT_MOUNT_SSH_SOCK, "default"));
    attrs.putAll(more);
    SourceOp source = SourceOp.of(url.replace("ssh://root@", "git://") + "#main", attrs);
    Graph graph =
        Graph.of(
            Node.of(source, List.of(), Optional.empty(), VertexMetadata.EMPTY).out(), List.of());
    return Files.write(temp.resolve(name + ".llb"), graph.toDefinition().toByteArray());
  }

  /** Runs {@code buildctl build} where an agent holds the key that the server lets in. */
  private Ended build(Path in, String... more) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of("ssh-agent", "sh", "-c", "ssh-add -q \"$0\" && exec \"$@\" < \"$IN\""));
    command.addAll(List.of(server.clientKey().toString(), "buildctl", "build", "--ssh=default"));
    command.addAll(List.of("--progress=plain", "--no-cache"));
    command.addAll(List.of(more));
    return it.client().with("IN", in.toString()).run(command.toArray(String[]::new));
  }

  private static String output(Path folder) {
    return "--output=type=local,dest=" + folder;
  }

  @Test
  void aServerWhoseKeyIsKnownIsFetchedFrom() throws Exception {
    Path out = temp.resolve("known");

    build(graph("known", Map.of(SourceAttr.GIT_KNOWN_SSH_HOSTS, server.knownHost())), output(out))
        .ok();

    assertThat(out.resolve("f")).hasContent("fetched by ssh\n");
  }

  @Test
  void aServerWithAnotherKeyThanTheKnownOneIsRefused() throws Exception {
    Path out = temp.resolve("wrong");

    String failure =
        build(
                graph("wrong", Map.of(SourceAttr.GIT_KNOWN_SSH_HOSTS, server.wrongKnownHost())),
                output(out))
            .failure();

    assertThat(failure)
        .contains("REMOTE HOST IDENTIFICATION HAS CHANGED")
        .contains("Host key verification failed");
    assertThat(out.resolve("f")).doesNotExist();
  }

  @Test
  void aServerThatIsNotAmongTheKnownOnesIsRefused() throws Exception {
    String other = server.knownHost().replaceFirst("^\\S+", "other.example");

    String failure =
        build(
                graph("unknown", Map.of(SourceAttr.GIT_KNOWN_SSH_HOSTS, other)),
                output(temp.resolve("unknown")))
            .failure();

    assertThat(failure).contains("Host key verification failed");
  }

  @Test
  void aDockerfileIsBuiltFromARepositoryBehindSsh() throws Exception {
    Path out = temp.resolve("context");

    build(
            Path.of("/dev/null"),
            "--frontend=dockerfile.v0",
            "--opt=context=" + url + "#main",
            output(out))
        .ok();

    assertThat(out.resolve("copied")).hasContent("fetched by ssh\n");
  }

  @Test
  void withoutTheClientsAgentTheBuildFails() throws Exception {
    Ended ended =
        it.client()
            .runFrom(
                graph("no-agent", Map.of(SourceAttr.GIT_KNOWN_SSH_HOSTS, server.knownHost())),
                "buildctl",
                "build",
                "--progress=plain",
                output(temp.resolve("no-agent")));

    assertThat(ended.failure()).contains("ssh");
  }
}
