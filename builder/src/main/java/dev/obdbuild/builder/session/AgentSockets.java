package dev.obdbuild.builder.session;

import dev.obdbuild.worker.SshAgents;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** SSH agents of this machine by their sockets. */
public final class AgentSockets implements SshAgents {
  private static final String DEFAULT = "default";

  private final Map<String, Path> sockets;

  private AgentSockets(Map<String, Path> sockets) {
    this.sockets = sockets;
  }

  /**
   * The agents that were named on the command line.
   *
   * @param specs {@code ID} for the agent of {@code SSH_AUTH_SOCK}, or {@code ID=SOCKET}
   * @throws IOException when there is no such agent, or a key file is named instead of a socket
   */
  public static AgentSockets of(List<String> specs, Map<String, String> environment)
      throws IOException {
    Map<String, Path> sockets = new LinkedHashMap<>();
    for (String spec : specs) {
      int equals = spec.indexOf('=');
      String id = equals < 0 ? spec : spec.substring(0, equals);
      String path =
          equals < 0 ? environment.getOrDefault("SSH_AUTH_SOCK", "") : spec.substring(equals + 1);
      if (path.isEmpty()) {
        throw new IOException(
            "ssh " + id + ": no socket is named, and SSH_AUTH_SOCK is not set: start an agent");
      }
      sockets.put(id.isEmpty() ? DEFAULT : id, checked(id, Path.of(path)));
    }
    return new AgentSockets(sockets);
  }

  private static Path checked(String id, Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new IOException("ssh " + id + ": " + path + " is not there");
    }
    if (Files.isRegularFile(path) || Files.isDirectory(path)) {
      throw new IOException(
          "ssh " + id + ": " + path + " is no socket; key files are not read, add it to an agent");
    }
    return path;
  }

  @Override
  public boolean has(String id) {
    return sockets.containsKey(id.isEmpty() ? DEFAULT : id);
  }

  @Override
  public Connection connect(String id) throws IOException {
    Path path = sockets.get(id.isEmpty() ? DEFAULT : id);
    if (path == null) {
      throw new IOException("no SSH agent \"" + id + "\"");
    }
    SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      socket.connect(UnixDomainSocketAddress.of(path));
    } catch (IOException e) {
      socket.close();
      throw new IOException("SSH agent \"" + id + "\" at " + path + ": " + e.getMessage(), e);
    }
    return new Socket(socket);
  }

  /** The two directions of a socket, used at the same time by two threads. */
  private static final class Socket implements Connection {
    private final SocketChannel socket;

    Socket(SocketChannel socket) {
      this.socket = socket;
    }

    @Override
    public InputStream in() {
      return new InputStream() {
        @Override
        public int read() throws IOException {
          byte[] one = new byte[1];
          return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
          return length == 0 ? 0 : socket.read(ByteBuffer.wrap(into, from, length));
        }
      };
    }

    @Override
    public OutputStream out() {
      return new OutputStream() {
        @Override
        public void write(int b) throws IOException {
          write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
          ByteBuffer bytes = ByteBuffer.wrap(from, offset, length);
          while (bytes.hasRemaining()) {
            socket.write(bytes);
          }
        }

        @Override
        public void close() throws IOException {
          if (socket.isOpen()) {
            var unused = socket.shutdownOutput();
          }
        }
      };
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
