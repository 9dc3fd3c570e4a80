package dev.obdbuild.worker.source.http;

import dev.obdbuild.oci.registry.TimedBody;
import dev.obdbuild.solver.Cancellation;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * GET with deadlines. Redirects are followed here, not by the JDK's client, so that credentials
 * stay with the host they are for. Thread-safe.
 */
final class HttpCalls implements AutoCloseable {

  private static final Duration CONNECT = Duration.ofSeconds(30);
  private static final Duration HEADERS = Duration.ofSeconds(60);
  private static final Duration STALL = Duration.ofSeconds(60);
  private static final int MOST_REDIRECTS = 10;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  /** An answer whose body can be read; closing it ends the exchange. */
  record Answer(HttpResponse<InputStream> response, Cancellation.Registration registration)
      implements AutoCloseable {
    @Override
    public void close() throws IOException {
      registration.close();
      response.body().close();
    }
  }

  /** The answer that is no redirect, whatever its status. */
  Answer get(
      URI url,
      Map<String, String> headers,
      Optional<String> authorization,
      Cancellation cancellation)
      throws IOException {
    URI at = url;
    Optional<String> credentials = authorization.or(() -> basic(url));
    for (int hops = 0; ; hops++) {
      Answer answer =
          send(
              request(at, headers, sameOrigin(url, at) ? credentials : Optional.empty()),
              cancellation);
      Optional<String> location = answer.response().headers().firstValue("Location");
      if (!REDIRECTS.contains(answer.response().statusCode()) || location.isEmpty()) {
        return answer;
      }
      answer.close();
      if (hops == MOST_REDIRECTS) {
        throw new IOException("stopped after " + MOST_REDIRECTS + " redirects");
      }
      at = target(at, location.get());
    }
  }

  private static URI target(URI from, String location) throws IOException {
    URI to;
    try {
      to = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new IOException("redirect to an invalid URL: " + HttpSource.shown(location), e);
    }
    boolean http = "http".equalsIgnoreCase(to.getScheme());
    if ((!http && !"https".equalsIgnoreCase(to.getScheme())) || to.getHost() == null) {
      throw new IOException(
          "redirect to " + HttpSource.shown(to.toString()) + ", which is no HTTP URL");
    }
    return to;
  }

  private static boolean sameOrigin(URI a, URI b) {
    return a.getHost().equalsIgnoreCase(b.getHost())
        && a.getPort() == b.getPort()
        && Objects.equals(a.getScheme(), b.getScheme());
  }

  private static Optional<String> basic(URI url) {
    return Optional.ofNullable(url.getUserInfo())
        .map(user -> Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)))
        .map(encoded -> "Basic " + encoded);
  }

  private static HttpRequest request(
      URI url, Map<String, String> headers, Optional<String> authorization) throws IOException {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(url).timeout(HEADERS).setHeader("User-Agent", "obd-build").GET();
      if (url.getScheme().equalsIgnoreCase("http")) {
        // No offer to upgrade to HTTP/2: old servers stumble over it.
        request.version(HttpClient.Version.HTTP_1_1);
      }
      headers.forEach(request::setHeader);
      authorization.ifPresent(value -> request.setHeader("Authorization", value));
      return request.build();
    } catch (IllegalArgumentException e) {
      // Its text may hold the header's value: a secret.
      throw new IOException("a header has characters that HTTP does not allow");
    }
  }

  /** The JDK leaves it to the kind of an exception to say why there is no connection. */
  private static String reason(Throwable failure, URI url) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof UnresolvedAddressException || at instanceof UnknownHostException) {
        return "no such host " + url.getHost();
      }
    }
    String message = failure.getMessage();
    if (failure instanceof ConnectException && message == null) {
      return "connection refused";
    }
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  private Answer send(HttpRequest request, Cancellation cancellation) throws IOException {
    TimedBody body = new TimedBody(STALL);
    CompletableFuture<HttpResponse<InputStream>> sent = client.sendAsync(request, info -> body);
    Cancellation.Registration registration =
        cancellation.onCancel(
            () -> {
              sent.cancel(true);
              body.close();
            });
    boolean answered = false;
    try {
      Answer answer = new Answer(sent.get(), registration);
      answered = true;
      return answer;
    } catch (CancellationException e) {
      cancellation.throwIfCancelled();
      throw e;
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(reason(cause, request.uri()), cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      sent.cancel(true);
      throw new IOException("interrupted", e);
    } finally {
      if (!answered) {
        registration.close();
      }
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
