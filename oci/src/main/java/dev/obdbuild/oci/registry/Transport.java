package dev.obdbuild.oci.registry;

import dev.obdbuild.oci.json.MalformedDocumentException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Requests to registries with logins, redirects, mirrors and retry. {@code Authorization} goes only
 * to the origin it is meant for. Thread-safe.
 */
final class Transport implements AutoCloseable {
  private static final int MAX_REDIRECTS = 5;
  private static final Duration MIRROR_PAUSE = Duration.ofSeconds(30);

  private final RegistryConfig config;
  private final HttpSender http;
  private final Credentials credentials;
  private final Tokens tokens;
  private final Endpoints endpoints;
  private final Map<Endpoint, Long> downSince;
  private final ReadCounters counters;
  private final boolean borrowed;

  Transport(RegistryConfig config, Credentials credentials) {
    this.config = config;
    this.http = new HttpSender(config);
    this.credentials = credentials;
    this.tokens = new Tokens(http, credentials);
    this.endpoints = new Endpoints(config, http);
    this.downSince = new ConcurrentHashMap<>();
    this.counters = new ReadCounters();
    this.borrowed = false;
  }

  private Transport(Transport shared, Credentials credentials) {
    this.config = shared.config;
    this.http = shared.http;
    this.credentials = credentials;
    this.tokens = new Tokens(http, credentials);
    this.endpoints = shared.endpoints;
    this.downSince = shared.downSince;
    this.counters = shared.counters;
    this.borrowed = true;
  }

  private Transport(Transport shared, RegistryConfig config) {
    this.config = config;
    this.http = shared.http.with(config);
    this.credentials = shared.credentials;
    this.tokens = new Tokens(http, credentials);
    this.endpoints = new Endpoints(config, http);
    this.downSince = shared.downSince;
    this.counters = shared.counters;
    this.borrowed = true;
  }

  /** The same logins and threads, but that one host need not prove who it is. */
  Transport insecure(String registry) {
    return new Transport(this, config.withInsecure(registry));
  }

  /** The same connections and the same knowledge of registries, with other logins and tokens. */
  Transport with(Credentials credentials) {
    return new Transport(this, credentials);
  }

  /** What is done with one endpoint. */
  @FunctionalInterface
  interface Call<T> {
    T on(Endpoint endpoint) throws IOException;
  }

  /** What is done with a good answer, which is closed afterwards. */
  @FunctionalInterface
  interface Reading<T> {
    T read(Response response) throws IOException;
  }

  Retry retry() {
    return new Retry(config.retry());
  }

  /** Patience that ends at a time of {@link System#nanoTime} at the latest. */
  Retry retry(long deadlineNanos) {
    return new Retry(config.retry(), deadlineNanos);
  }

  ExecutorService threads() {
    return http.threads();
  }

  Endpoint forWriting(String registry) throws IOException {
    return endpoints.forWriting(registry);
  }

  /**
   * Runs {@code call} on the mirrors in turn, then on the registry itself, until one does not fail.
   * Mirrors that failed a moment ago come last: asking them first each time would cost more than it
   * could save.
   */
  <T> T reading(String registry, Call<T> call) throws IOException {
    List<Endpoint> all = endpoints.forReading(registry);
    List<Endpoint> order = new ArrayList<>(all);
    List<Endpoint> down = all.subList(0, all.size() - 1).stream().filter(this::isDown).toList();
    order.removeAll(down);
    order.addAll(down);
    IOException last = null;
    List<IOException> others = new ArrayList<>();
    for (Endpoint endpoint : order) {
      try {
        return call.on(endpoint);
      } catch (InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        boolean own = endpoint.equals(all.getLast());
        boolean gone =
            e instanceof RegistryException.Unavailable || !(e instanceof RegistryException);
        if (own) {
          last = e;
        } else {
          others.add(e);
        }
        if (gone && !own) {
          passOver(endpoint);
        }
        if (own && !gone) {
          // A mirror may lack the image or be gone; the registry itself has the last word.
          break;
        }
      }
    }
    IOException failure = last == null ? new IOException("no address of " + registry) : last;
    others.forEach(failure::addSuppressed);
    throw failure;
  }

  /** Whether an endpoint only stands in for a registry. */
  boolean isMirror(String registry, Endpoint endpoint) throws IOException {
    return !endpoint.equals(endpoints.forWriting(registry));
  }

  /** What an endpoint is to a registry. */
  BlobSource source(String registry, Endpoint endpoint) throws IOException {
    if (!isMirror(registry, endpoint)) {
      return BlobSource.REGISTRY;
    }
    return Endpoints.isPrefix(endpoint.base().toString()) ? BlobSource.P2P : BlobSource.MIRROR;
  }

  ReadCounters counters() {
    return counters;
  }

  RegistryActivity activity() {
    return counters.activity(http.closedHosts());
  }

  /** Leaves a mirror alone for a while: it failed, or what it gave was no good. */
  void passOver(Endpoint mirror) {
    downSince.put(mirror, System.nanoTime());
  }

  /** How long one ranged read may take. */
  Duration readDeadline() {
    return config.readDeadline();
  }

  /** Whether the mirror failed a moment ago. */
  boolean isDown(Endpoint mirror) {
    Long since = downSince.get(mirror);
    return since != null && System.nanoTime() - since < MIRROR_PAUSE.toNanos();
  }

  /**
   * Sends {@code request} until it succeeds and its answer is read, or patience ends.
   *
   * @param what named in errors, in the user's terms
   */
  <T> T call(Endpoint endpoint, Request request, String what, Reading<T> reading)
      throws IOException {
    Retry retry = retry();
    while (true) {
      IOException failure;
      try (Response response = send(endpoint, request)) {
        if (response.isSuccess()) {
          return reading.read(response);
        }
        failure = Failures.of(what, response);
      } catch (InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        failure = wrap(what, request, endpoint.uri(request.path()), e);
      }
      retry.after(failure);
    }
  }

  private static IOException wrap(String what, Request request, URI uri, IOException e) {
    boolean ours = e instanceof RegistryException || e instanceof MalformedDocumentException;
    return ours ? e : Failures.of(what, request.method(), uri, e);
  }

  /** Sends once, with login and redirects; any status is an answer. */
  Response send(Endpoint endpoint, Request request) throws IOException {
    return send(endpoint, endpoint.uri(request.path()), request);
  }

  /** Like {@link #send(Endpoint, Request)}, to an address that the registry named. */
  Response send(Endpoint endpoint, URI uri, Request request) throws IOException {
    if (!endpoint.sameOrigin(uri)) {
      return follow(endpoint, uri, request, null);
    }
    @Nullable String header = tokens.known(endpoint, request).orElse(null);
    Response response = follow(endpoint, uri, request, header);
    if (response.status() != 401 || !endpoint.sameOrigin(response.uri())) {
      return response;
    }
    Optional<String> answer = tokens.answer(endpoint, request, response, header);
    if (answer.isEmpty()) {
      return response;
    }
    response.drained();
    return follow(endpoint, uri, request, answer.get());
  }

  private Response follow(
      Endpoint endpoint, URI uri, Request request, @Nullable String authorization)
      throws IOException {
    URI at = uri;
    for (int hop = 0; ; hop++) {
      Request sent =
          authorization != null && endpoint.sameOrigin(at)
              ? request.header("Authorization", authorization)
              : request;
      Response response = hop == 0 ? http.send(at, sent) : redirected(at, sent);
      Optional<URI> next = redirect(response, request);
      if (next.isEmpty()) {
        return response;
      }
      response.drained();
      if (hop == MAX_REDIRECTS) {
        throw new IOException(
            "more than "
                + MAX_REDIRECTS
                + " redirects, the last one to "
                + Failures.shown(next.get()));
      }
      if ("https".equals(at.getScheme()) && !"https".equals(next.get().getScheme())) {
        throw new IOException(
            "redirected from TLS to " + Failures.shown(next.get()) + ", which has none: refused");
      }
      at = next.get();
    }
  }

  /** Names the address, which nobody has configured. */
  private Response redirected(URI at, Request request) throws IOException {
    try {
      return http.send(at, request);
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(
          "redirected to " + Failures.shown(at) + ": " + Failures.reason(e, at), e);
    }
  }

  private static Optional<URI> redirect(Response response, Request request) throws IOException {
    boolean redirects =
        switch (response.status()) {
          case 301, 302, 303 -> request.method().equals("GET") || request.method().equals("HEAD");
          case 307, 308 -> true;
          default -> false;
        };
    return redirects ? Optional.of(location(response)) : Optional.empty();
  }

  /** The absolute form of the answer's {@code Location}. */
  static URI location(Response response) throws IOException {
    String location =
        response
            .header("Location")
            .orElseThrow(
                () ->
                    new IOException(
                        Failures.shown(response.uri())
                            + " answered "
                            + response.status()
                            + " without a Location"));
    try {
      URI uri = response.uri().resolve(location);
      if (Endpoint.isWeb(uri)) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw new IOException(
          Failures.shown(response.uri()) + " answered with a Location that is no URL", e);
    }
    throw new IOException(
        Failures.shown(response.uri()) + " answered with a Location that is no URL");
  }

  @Override
  public void close() {
    if (borrowed) {
      return;
    }
    http.close();
  }
}
