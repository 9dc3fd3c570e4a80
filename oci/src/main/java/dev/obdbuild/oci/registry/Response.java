package dev.obdbuild.oci.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * The head of an answer and its body, which is to be read or closed.
 *
 * @param uri that answered, after redirects
 */
record Response(String method, URI uri, int status, HttpHeaders headers, InputStream body)
    implements AutoCloseable {
  /** Bodies that nobody wants are read up to here, so that their connection can be used again. */
  private static final int DRAIN = 64 << 10;

  Optional<String> header(String name) {
    return headers.firstValue(name);
  }

  boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  /**
   * This answer, its body dropped; a short one is read to its end, so that the connection can be
   * used again.
   */
  Response drained() throws IOException {
    try (InputStream rest = body) {
      if (headers.firstValueAsLong("Content-Length").orElse(0) <= DRAIN) {
        rest.readNBytes(DRAIN);
      }
    }
    return this;
  }

  /** How long the registry asks us to wait before the next attempt. */
  Optional<Duration> retryAfter() {
    return header("Retry-After").flatMap(Response::parseRetryAfter);
  }

  private static Optional<Duration> parseRetryAfter(String text) {
    if (text.matches("[0-9]{1,6}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
    }
    try {
      Instant until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration wait = Duration.between(Instant.now(), until);
      return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
    } catch (DateTimeException e) {
      // Neither form of the header: as if it were not there.
      return Optional.empty();
    }
  }

  /** The answer to {@code HEAD} has ended, but its end may be on its way: nothing is cut off. */
  @Override
  public void close() throws IOException {
    try (InputStream rest = body) {
      if (method.equals("HEAD") && rest.read() >= 0) {
        throw new IOException(uri + " sent a body with the answer to HEAD");
      }
    }
  }
}
