package dev.obdbuild.oci.registry;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** One HTTP GET over a unix socket, which the JDK's own client cannot do. */
final class SocketCall {
  private static final int MAX_HEAD = 64 << 10;

  private SocketCall() {}

  /**
   * The body of a good answer.
   *
   * @param timeout for all of it
   * @param limit largest body, in bytes
   * @throws IOException when there is none, or it is an error or too large
   */
  static byte[] get(Path socket, URI uri, Duration timeout, int limit) throws IOException {
    String request =
        "GET "
            + uri.getRawPath()
            + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery())
            + " HTTP/1.1\r\nHost: "
            + uri.getHost()
            + "\r\nAccept: application/json\r\nConnection: close\r\n\r\n";
    byte[] answer;
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      Thread watchdog = watch(channel, timeout);
      try {
        channel.connect(UnixDomainSocketAddress.of(socket));
        ByteBuffer out = ByteBuffer.wrap(request.getBytes(ISO_8859_1));
        while (out.hasRemaining()) {
          channel.write(out);
        }
        answer = all(channel, MAX_HEAD + limit);
      } catch (AsynchronousCloseException e) {
        throw new IOException("no answer within " + timeout.toMillis() / 1000.0 + " s", e);
      } finally {
        watchdog.interrupt();
      }
    }
    return body(answer, limit);
  }

  /** Closes the channel when it takes too long, which ends whatever waits on it. */
  private static Thread watch(SocketChannel channel, Duration timeout) {
    return Thread.ofPlatform()
        .daemon()
        .name("credential-socket-watchdog")
        .start(
            () -> {
              try {
                TimeUnit.NANOSECONDS.sleep(timeout.toNanos());
                channel.close();
              } catch (InterruptedException | IOException e) {
                // The call has ended, one way or the other: the watch is over.
                return;
              }
            });
  }

  private static byte[] all(SocketChannel channel, int limit) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(8192);
    while (channel.read(buffer) >= 0) {
      bytes.write(buffer.array(), 0, buffer.position());
      buffer.clear();
      if (bytes.size() > limit) {
        throw new IOException("the answer is longer than " + limit + " bytes");
      }
    }
    return bytes.toByteArray();
  }

  private static byte[] body(byte[] answer, int limit) throws IOException {
    String text = new String(answer, ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0 || !text.startsWith("HTTP/1.")) {
      throw new EOFException("what came is no answer of HTTP/1.1");
    }
    String head = text.substring(0, end).toLowerCase(Locale.ROOT);
    if (!head.matches("(?s)http/1\\.[01] 200\\b.*")) {
      throw new IOException("it answered '" + head.lines().findFirst().orElse("") + "'");
    }
    byte[] body = Arrays.copyOfRange(answer, end + 4, answer.length);
    byte[] plain = head.contains("\r\ntransfer-encoding: chunked") ? joined(body) : body;
    if (plain.length > limit) {
      throw new IOException("the answer is longer than " + limit + " bytes");
    }
    return plain;
  }

  /** Takes the pieces of a chunked body together. */
  private static byte[] joined(byte[] body) throws IOException {
    String text = new String(body, ISO_8859_1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; ; ) {
      int line = text.indexOf("\r\n", at);
      String size = line < 0 ? "" : text.substring(at, line).replaceFirst(";.*", "").strip();
      if (!size.matches("[0-9a-fA-F]{1,7}")) {
        throw new EOFException("the answer ends in the middle of its chunks");
      }
      int length = Integer.parseInt(size, 16);
      if (length == 0) {
        return out.toByteArray();
      }
      if (length > body.length - line - 2) {
        throw new EOFException("the answer ends in the middle of a chunk");
      }
      out.write(body, line + 2, length);
      at = line + 2 + length + 2;
    }
  }
}
