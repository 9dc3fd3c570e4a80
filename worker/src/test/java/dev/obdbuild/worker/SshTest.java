package dev.obdbuild.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.llb.Node;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.TestRegistry;
import dev.obdbuild.worker.BuildFixture.Built;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Steps that use a real ssh-agent through a real ssh-add. */
@NeedsRoot
@NeedsDevice
@NeedsTool({"crun", "busybox", "mke2fs", "ssh-agent", "ssh-add", "ssh-keygen", "ldd"})
@Timeout(120)
final class SshTest {

  private static final ExecMount.Ssh WANTED = new ExecMount.Ssh("default", 7, 8, 0600, false);
  private static final String SOCKET = "/run/buildkit/ssh_agent.0";

  @TempDir Path folder;
  private TestRegistry registry;
  private BuildFixture builder;
  private Process agent;
  private Path agentSocket;

  @BeforeEach
  void open() throws Exception {
    registry = TestRegistry.start();
    builder = new BuildFixture(folder, registry, BusyboxBase.putOn(registry));
    agentSocket = folder.resolve("a.sock");
    agent = new ProcessBuilder("ssh-agent", "-D", "-a", agentSocket.toString()).start();
    agent.getInputStream().read(); // it says where it listens once it does
    Path key = folder.resolve("key");
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "a-key-of-the-test", "-f", key);
    run("ssh-add", "-q", key);
  }

  @AfterEach
  void close() throws Exception {
    agent.destroy();
    try (TestRegistry closing = registry) {
      builder.close();
    }
  }

  private void run(Object... command) throws Exception {
    ProcessBuilder process =
        new ProcessBuilder(List.of(command).stream().map(Object::toString).toList());
    process.environment().put("SSH_AUTH_SOCK", agentSocket.toString());
    assertThat(process.inheritIO().start().waitFor()).isZero();
  }

  /** The host's ssh-add with its libraries, as files of the context. */
  private Node.Out withSshAdd() throws IOException {
    Process ldd = new ProcessBuilder("ldd", "/usr/bin/ssh-add").start();
    for (String word : new String(ldd.getInputStream().readAllBytes()).split("\\s+")) {
      if (word.startsWith("/")) {
        Files.copy(Path.of(word), builder.context.resolve(Path.of(word).getFileName()));
      }
    }
    Files.copy(Path.of("/usr/bin/ssh-add"), builder.context.resolve("ssh-add"));
    return builder.copy(builder.image(), builder.local("context"), "/", "/ssh/");
  }

  private SshAgents agents(AtomicInteger open) {
    return new SshAgents() {
      @Override
      public boolean has(String id) {
        return id.equals("default");
      }

      @Override
      public Connection connect(String id) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(agentSocket));
        open.incrementAndGet();
        return new Connection() {
          @Override
          public InputStream in() {
            return Channels.newInputStream(channel);
          }

          @Override
          public OutputStream out() {
            return new java.io.FilterOutputStream(Channels.newOutputStream(channel)) {
              @Override
              public void close() throws IOException {
                channel.shutdownOutput();
              }
            };
          }

          @Override
          public void close() throws IOException {
            open.decrementAndGet();
            channel.close();
          }
        };
      }
    };
  }

  @Test
  void aStepAsksTheCallersAgentAndLeavesNoTrace() throws Exception {
    AtomicInteger open = new AtomicInteger();
    builder.ssh = agents(open);
    Node.Out top =
        builder.run(
            withSshAdd(),
            "export SSH_AUTH_SOCK="
                + SOCKET
                + "; stat -c '%F %a %u %g' $SSH_AUTH_SOCK;"
                + " L='/ssh/ld-linux-x86-64.so.2 --library-path /ssh /ssh/ssh-add -l';"
                + " $L && $L > /keys",
            ExecMount.of(WANTED, SOCKET));
    try (Built built = builder.build(top)) {
      assertThat(built.text("keys")).contains("a-key-of-the-test (ED25519)");
      assertThat(built.has("run")).isFalse();
    }
    assertThat(builder.log.toString()).contains("socket 600 7 8").contains("a-key-of-the-test");
    assertThat(open).hasValue(0);
  }

  @Test
  void aConnectionThatTheStepLeavesOpenEndsWithTheStep() throws Exception {
    AtomicInteger open = new AtomicInteger();
    builder.ssh = agents(open);
    try (Built built = builder.build(builder.run(builder.image(), "true", ssh("default", false)))) {
      assertThat(built.has("run")).isFalse();
    }
    assertThat(open).hasValue(0);
  }

  @Test
  void anAgentThatMustBeThereIsNamedAndOneThatMayBeMissingIsNot() throws Exception {
    builder.ssh = agents(new AtomicInteger());
    assertThatThrownBy(
            () -> builder.build(builder.run(builder.image(), "true", ssh("other", false))))
        .hasMessageContaining("no SSH key \"other\" forwarded from the client");
    Node.Out optional =
        builder.run(builder.image(), "ls " + SOCKET + " || true", ssh("other", true));
    builder.build(optional).close();
    assertThat(builder.log.toString()).contains("No such file");
  }

  private static ExecMount ssh(String id, boolean optional) {
    return ExecMount.of(new ExecMount.Ssh(id, 0, 0, 0600, optional), SOCKET);
  }
}
