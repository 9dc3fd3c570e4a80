package dev.obdbuild.backstore.metrics;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.Supplier;

/**
 * Answers {@code GET path} with a page, one client at a time, by a thread of its own. Anything else
 * is 404; a client that is slow or sends too much is cut off.
 */
public final class MetricsServer implements AutoCloseable {
  private static final int MAX_REQUEST = 8 << 10;
  private static final int PATIENCE_MILLIS = 2000;

  private final ServerSocket socket;
  private final String path;
  private final Supplier<String> page;

  private MetricsServer(ServerSocket socket, String path, Supplier<String> page) {
    this.socket = socket;
    this.path = path;
    this.page = page;
  }

  /**
   * Listens and answers until closed.
   *
   * @param page made anew for each answer
   */
  public static MetricsServer start(InetSocketAddress address, String path, Supplier<String> page)
      throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.setReuseAddress(true);
      socket.bind(address);
    } catch (IOException e) {
      socket.close();
      throw new IOException(
          "metrics cannot be shown at %s:%d: %s"
              .formatted(address.getHostString(), address.getPort(), e.getMessage()),
          e);
    }
    MetricsServer server = new MetricsServer(socket, path, page);
    Thread.ofPlatform().daemon().name("metrics").start(server::serve);
    return server;
  }

  /** Where it listens. */
  public int port() {
    return socket.getLocalPort();
  }

  private void serve() {
    while (!socket.isClosed()) {
      try (Socket client = socket.accept()) {
        client.setSoTimeout(PATIENCE_MILLIS);
        answer(client);
      } catch (IOException | OutOfMemoryError e) {
        // A client that went away, no memory for one, or our own end: no other's concern.
        continue;
      }
    }
  }

  private void answer(Socket client) throws IOException {
    String request = head(client.getInputStream());
    String[] words = request.lines().findFirst().orElse("").split(" ");
    boolean known =
        words.length == 3 && words[0].equals("GET") && words[1].split("\\?")[0].equals(path);
    byte[] body = known ? page.get().getBytes(UTF_8) : new byte[0];
    String head =
        (known ? "HTTP/1.1 200 OK" : "HTTP/1.1 404 Not Found")
            + "\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: "
            + body.length
            + "\r\nConnection: close\r\n\r\n";
    OutputStream out = client.getOutputStream();
    out.write(head.getBytes(US_ASCII));
    out.write(body);
    out.flush();
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < MAX_REQUEST && head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        break;
      }
      head.append((char) next);
    }
    return head.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
