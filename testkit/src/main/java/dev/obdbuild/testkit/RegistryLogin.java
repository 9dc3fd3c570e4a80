package dev.obdbuild.testkit;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link TestRegistry} checks who asks, and its token server, which lives below {@code
 * /token}.
 */
final class RegistryLogin {
  enum Mode {
    NONE,
    BASIC,
    TOKEN
  }

  private final Mode mode;
  private final String user;
  private final String password;
  private final int tokenSeconds;
  private final Map<String, String> scopesByToken = new ConcurrentHashMap<>();
  private final AtomicInteger next = new AtomicInteger();

  /** Requests with a token until all are revoked; below 0 for ever. */
  private final AtomicInteger lasting = new AtomicInteger(-1);

  RegistryLogin(Mode mode, String user, String password, int tokenSeconds) {
    this.mode = mode;
    this.user = user;
    this.password = password;
    this.tokenSeconds = tokenSeconds;
  }

  /** True if the request may go on; else it was answered with 401. */
  boolean admits(HttpExchange exchange, String base, String repository, boolean push)
      throws IOException {
    @Nullable String header = exchange.getRequestHeaders().getFirst("Authorization");
    String scope = "repository:" + repository + ":" + (push ? "pull,push" : "pull");
    boolean good =
        switch (mode) {
          case NONE -> true;
          case BASIC -> basic().equals(header);
          case TOKEN -> allows(header, repository, push);
        };
    if (!good) {
      String challenge =
          mode == Mode.BASIC
              ? "Basic realm=\"test\""
              : "Bearer realm=\""
                  + base
                  + "/token\",service=\"test-registry\",scope=\""
                  + scope
                  + "\"";
      exchange.getResponseHeaders().add("WWW-Authenticate", challenge);
      Answers.error(exchange, 401, "UNAUTHORIZED", "authentication required");
    }
    return good;
  }

  private boolean allows(@Nullable String header, String repository, boolean push) {
    if (header == null || !header.startsWith("Bearer ")) {
      return false;
    }
    if (lasting.getAndDecrement() == 0) {
      revoke();
    }
    String scopes = scopesByToken.getOrDefault(header.substring(7), "");
    if (repository.isEmpty()) {
      return !scopes.isEmpty() || scopesByToken.containsKey(header.substring(7));
    }
    for (String scope : scopes.split(" ")) {
      if (scope.equals("repository:" + repository + ":pull,push")
          || !push && scope.equals("repository:" + repository + ":pull")) {
        return true;
      }
    }
    return false;
  }

  /** Answers a request for a token. */
  void token(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    boolean post = exchange.getRequestMethod().equals("POST");
    String query = exchange.getRequestURI().getRawQuery();
    String form = post ? new String(body, StandardCharsets.UTF_8) : query == null ? "" : query;
    boolean known =
        post
            ? form.contains("refresh_token=" + password)
            : user.isEmpty()
                || basic().equals(exchange.getRequestHeaders().getFirst("Authorization"));
    if (!known) {
      Answers.error(exchange, 401, "UNAUTHORIZED", "incorrect username or password");
      return;
    }
    List<String> scopes = new ArrayList<>();
    for (String pair : form.split("&")) {
      if (pair.startsWith("scope=")) {
        scopes.add(URLDecoder.decode(pair.substring(6), StandardCharsets.UTF_8));
      }
    }
    String token = "token-" + next.incrementAndGet();
    scopesByToken.put(token, String.join(" ", scopes));
    String name = post ? "access_token" : "token";
    Answers.json(
        exchange, 200, "{\"" + name + "\":\"" + token + "\",\"expires_in\":" + tokenSeconds + "}");
  }

  /** Makes every token that was given out by then void after so many requests. */
  void revokeAfter(int requests) {
    lasting.set(requests);
  }

  /** Makes every token that was given out void. */
  void revoke() {
    scopesByToken.clear();
  }

  private String basic() {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }
}
