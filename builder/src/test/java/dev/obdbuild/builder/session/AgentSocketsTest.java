package dev.obdbuild.builder.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.worker.SshAgents;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class AgentSocketsTest {
  @TempDir Path temp;

  @Test
  void anAgentIsReachedByItsSocket() throws Exception {
    Path socket = temp.resolve("agent");
    try (ServerSocketChannel agent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      agent.bind(UnixDomainSocketAddress.of(socket));
      Thread.ofVirtual().start(() -> echo(agent));
      AgentSockets agents =
          AgentSockets.of(
              List.of("default", "other=" + socket), Map.of("SSH_AUTH_SOCK", socket.toString()));
      assertThat(agents.has("")).isTrue();
      assertThat(agents.has("other")).isTrue();
      assertThat(agents.has("third")).isFalse();
      try (SshAgents.Connection connection = agents.connect("default")) {
        connection.out().write("ping".getBytes(UTF_8));
        assertThat(connection.in().readNBytes(4)).isEqualTo("ping".getBytes(UTF_8));
        connection.out().close();
        assertThat(connection.in().read()).isEqualTo(-1);
      }
    }
  }

  private static void echo(ServerSocketChannel agent) {
    try (SocketChannel client = agent.accept()) {
      ByteBuffer bytes = ByteBuffer.allocate(100);
      while (client.read(bytes) >= 0) {
        client.write(bytes.flip());
        bytes.clear();
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void keyFilesAndAbsentAgentsAreRefusedByName() throws Exception {
    Path key = Files.writeString(temp.resolve("id_ed25519"), "key");
    assertThatThrownBy(() -> AgentSockets.of(List.of("default=" + key), Map.of()))
        .hasMessageContaining("key files are not read");
    assertThatThrownBy(() -> AgentSockets.of(List.of("x=" + temp.resolve("no")), Map.of()))
        .hasMessageContaining("is not there");
    assertThatThrownBy(() -> AgentSockets.of(List.of("default"), Map.of()))
        .hasMessageContaining("SSH_AUTH_SOCK");
  }
}
