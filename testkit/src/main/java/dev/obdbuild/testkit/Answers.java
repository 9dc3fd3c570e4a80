package dev.obdbuild.testkit;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Writes answers of a {@link TestRegistry}, good and bad. */
final class Answers {
  private Answers() {}

  static void empty(HttpExchange exchange, int status) throws IOException {
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  static void json(HttpExchange exchange, int status, String json) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    if (exchange.getRequestMethod().equals("HEAD")) {
      empty(exchange, status);
      return;
    }
    exchange.sendResponseHeaders(status, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  static void error(HttpExchange exchange, int status, String code, String message)
      throws IOException {
    json(
        exchange,
        status,
        "{\"errors\":[{\"code\":\"" + code + "\",\"message\":\"" + message + "\"}]}");
  }

  /**
   * Sends {@code length} bytes of {@code body} from {@code from}; a HEAD gets only their number.
   *
   * @param fault Truncate, Stall, Corrupt, or none of these
   * @param end opens when the registry stops, which ends a stall
   */
  static void bytes(
      HttpExchange exchange,
      int status,
      byte[] body,
      int from,
      int length,
      @Nullable Fault fault,
      CountDownLatch end)
      throws IOException {
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(length));
      empty(exchange, status);
      return;
    }
    byte[] sent = Arrays.copyOfRange(body, from, from + length);
    int upTo = length;
    if (fault instanceof Fault.Corrupt corrupt && length > 0) {
      sent[Math.min(corrupt.at(), length - 1)] ^= 1;
    } else if (fault instanceof Fault.Truncate truncate) {
      upTo = (int) Math.min(truncate.bytes(), length);
    } else if (fault instanceof Fault.Stall stall) {
      upTo = (int) Math.min(stall.bytes(), length);
    }
    exchange.sendResponseHeaders(status, length == 0 ? -1 : length);
    if (length > 0) {
      OutputStream out = exchange.getResponseBody();
      out.write(sent, 0, upTo);
      out.flush();
      if (fault instanceof Fault.Stall) {
        await(end);
      }
    }
    exchange.close();
  }

  private static void await(CountDownLatch end) {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
