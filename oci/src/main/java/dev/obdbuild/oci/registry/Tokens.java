package dev.obdbuild.oci.registry;

import dev.obdbuild.oci.json.JsonReader;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * {@code Authorization} headers by registry and scope: fetched when a registry asks for one, kept
 * until shortly before they expire, fetched once when several requests need the same. Thread-safe.
 */
final class Tokens {
  private static final int MAX_ANSWER = 1 << 20;
  private static final Duration DEFAULT_LIFE = Duration.ofSeconds(60);

  private record Key(String origin, Set<String> scopes) {}

  record Token(String header, long expiresNanos) {
    boolean isFresh() {
      return System.nanoTime() - expiresNanos < 0;
    }
  }

  private final HttpSender http;
  private final Credentials credentials;
  private final Map<Key, Token> tokens = new ConcurrentHashMap<>();
  private final Map<Key, ReentrantLock> locks = new ConcurrentHashMap<>();
  private final Map<String, Challenge> challenges = new ConcurrentHashMap<>();

  Tokens(HttpSender http, Credentials credentials) {
    this.http = http;
    this.credentials = credentials;
  }

  /** The header to send at once, from what is known of the registry. */
  Optional<String> known(Endpoint endpoint, Request request) throws IOException {
    Challenge challenge = challenges.get(Endpoint.origin(endpoint.base()));
    return challenge == null ? Optional.empty() : header(endpoint, request, challenge, null);
  }

  /**
   * The header that answers a 401.
   *
   * @param refused the header that was sent and not accepted, if any
   * @return nothing if the registry's challenge cannot be answered, or was answered already
   */
  Optional<String> answer(
      Endpoint endpoint, Request request, Response response, @Nullable String refused)
      throws IOException {
    Optional<Challenge> challenge =
        Challenge.parse(response.headers().allValues("WWW-Authenticate"));
    if (challenge.isEmpty()) {
      return Optional.empty();
    }
    challenges.put(Endpoint.origin(endpoint.base()), challenge.get());
    Optional<String> header = header(endpoint, request, challenge.get(), refused);
    return header.filter(h -> !h.equals(refused));
  }

  private Optional<String> header(
      Endpoint endpoint, Request request, Challenge challenge, @Nullable String refused)
      throws IOException {
    return switch (challenge) {
      case Challenge.Basic basic -> credentials.login(endpoint.registry()).map(Tokens::basic);
      case Challenge.Bearer bearer -> Optional.of(token(endpoint, request, bearer, refused));
    };
  }

  private String token(
      Endpoint endpoint, Request request, Challenge.Bearer bearer, @Nullable String refused)
      throws IOException {
    Set<String> scopes = new LinkedHashSet<>(request.scopes());
    if (scopes.isEmpty() && !bearer.scope().isEmpty()) {
      scopes.add(bearer.scope());
    }
    Key key = new Key(Endpoint.origin(endpoint.base()), scopes);
    ReentrantLock lock = locks.computeIfAbsent(key, k -> new ReentrantLock());
    lock.lock();
    try {
      Token token = tokens.get(key);
      if (token == null || !token.isFresh() || token.header().equals(refused)) {
        token = fetch(endpoint, bearer, scopes);
        tokens.put(key, token);
      }
      return token.header();
    } finally {
      lock.unlock();
    }
  }

  private Token fetch(Endpoint endpoint, Challenge.Bearer bearer, Set<String> scopes)
      throws IOException {
    URI asked = realm(endpoint, bearer, false);
    boolean losesTls =
        "https".equals(endpoint.base().getScheme()) && !"https".equals(asked.getScheme());
    Optional<BearerToken> ready =
        losesTls
            ? Optional.empty()
            : credentials.token(
                new TokenQuestion(
                    endpoint.registry(), asked, bearer.service(), List.copyOf(scopes)));
    if (ready.isPresent()) {
      return token(ready.get().value(), ready.get().life());
    }
    Optional<Login> login = credentials.login(endpoint.registry());
    URI realm = realm(endpoint, bearer, login.isPresent());
    boolean refresh = login.isPresent() && !login.get().identityToken().isEmpty();
    String what = "token for " + String.join(" ", scopes);
    try (Response response =
        refresh
            ? http.send(realm, refreshing(bearer, scopes, login.get()))
            : http.send(query(realm, bearer, scopes), asking(login))) {
      if (!response.isSuccess()) {
        throw Failures.of(what, response);
      }
      return read(response);
    } catch (RegistryException e) {
      throw e;
    } catch (IOException e) {
      throw Failures.of(what, "GET", realm, e);
    }
  }

  /**
   * The token server's address; a password goes to it without TLS only if the registry itself goes
   * without.
   */
  private static URI realm(Endpoint endpoint, Challenge.Bearer bearer, boolean secret)
      throws IOException {
    URI realm;
    try {
      realm = URI.create(bearer.realm());
    } catch (IllegalArgumentException e) {
      throw new IOException(
          endpoint.registry() + " names a token server that is no URL: " + bearer.realm(), e);
    }
    boolean tls = "https".equals(realm.getScheme());
    if (!Endpoint.isWeb(realm)) {
      throw new IOException(
          endpoint.registry() + " names a token server that is no URL: " + bearer.realm());
    }
    if (secret && !tls && "https".equals(endpoint.base().getScheme())) {
      throw new IOException(
          endpoint.registry()
              + " wants the login sent without TLS to "
              + Failures.shown(realm)
              + ": refused");
    }
    return realm;
  }

  private static Request asking(Optional<Login> login) {
    Request request = Request.get("");
    return login.isEmpty() ? request : request.header("Authorization", basic(login.get()));
  }

  private static URI query(URI realm, Challenge.Bearer bearer, Set<String> scopes) {
    StringBuilder query = new StringBuilder(realm.toString());
    query.append(realm.getRawQuery() == null ? '?' : '&').append("client_id=obd-build");
    if (!bearer.service().isEmpty()) {
      query.append("&service=").append(encode(bearer.service()));
    }
    scopes.forEach(scope -> query.append("&scope=").append(encode(scope)));
    return URI.create(query.toString());
  }

  private static Request refreshing(Challenge.Bearer bearer, Set<String> scopes, Login login) {
    String form =
        "grant_type=refresh_token&client_id=obd-build&refresh_token="
            + encode(login.identityToken())
            + "&service="
            + encode(bearer.service())
            + "&scope="
            + encode(String.join(" ", scopes));
    return Request.of("POST", "")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(form.getBytes(StandardCharsets.UTF_8));
  }

  static Token read(Response response) throws IOException {
    byte[] body = response.body().readNBytes(MAX_ANSWER);
    JsonReader json = JsonReader.parse(body, Failures.shown(response.uri()));
    String token = json.string("token");
    if (token.isEmpty()) {
      token = json.requiredString("access_token");
    }
    if (!token.matches("[\\x21-\\x7e]+")) {
      throw json.malformed("the token has characters that no header may have");
    }
    return token(token, Duration.ofSeconds(json.integer("expires_in", DEFAULT_LIFE.toSeconds())));
  }

  private static Token token(String value, Duration life) {
    Duration bounded = Duration.ofSeconds(Math.clamp(life.toSeconds(), 1, 86_400));
    // A tenth earlier, so that it does not expire on its way.
    return new Token("Bearer " + value, System.nanoTime() + bounded.toNanos() / 10 * 9);
  }

  private static String basic(Login login) {
    String pair = login.user() + ":" + login.password();
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
