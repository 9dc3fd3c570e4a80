package dev.obdbuild.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * A server of tokens for a {@link RealRegistry}: one user may do everything, whoever comes without
 * a login may pull what lies below {@code public/}. Speaks the GET and the OAuth form.
 */
public final class TokenServer implements AutoCloseable {

  private static final String ISSUER = "testkit";
  private static final String SERVICE = "test registry";
  private static final int SECONDS = 300;

  private final HttpServer server;
  private final TestIdentity identity;
  private final Path certificate;
  private final String user;
  private final String password;
  private final List<Asked> asked = new CopyOnWriteArrayList<>();

  /**
   * A token that was asked for.
   *
   * @param agent the program, as it calls itself
   * @param user empty for nobody
   * @param granted whether the login was right
   */
  public record Asked(String agent, String user, List<String> scopes, boolean granted) {}

  private TokenServer(
      HttpServer server, TestIdentity identity, Path certificate, String user, String password) {
    this.server = server;
    this.identity = identity;
    this.certificate = certificate;
    this.user = user;
    this.password = password;
  }

  /**
   * Starts one on a free loopback port.
   *
   * @param name of the identity that signs
   */
  public static TokenServer start(TestIdentity identity, String name, String user, String password)
      throws IOException {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    TokenServer server =
        new TokenServer(http, identity, identity.file(name + ".crt"), user, password);
    http.createContext("/token", server::answer);
    http.start();
    return server;
  }

  /** The configuration of a registry whose tokens come from here. */
  public String registryConfiguration() {
    return """
    auth:
      token:
        realm: http://127.0.0.1:%d/token
        service: %s
        issuer: %s
        rootcertbundle: %s
    """
        .formatted(server.getAddress().getPort(), SERVICE, ISSUER, certificate);
  }

  /** All that was asked for so far. */
  public List<Asked> asked() {
    return List.copyOf(asked);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean form = exchange.getRequestMethod().equals("POST");
      Map<String, List<String>> values =
          values(
              form
                  ? new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)
                  : exchange.getRequestURI().getRawQuery());
      Optional<String> login = form ? ofForm(values) : ofHeader(exchange);
      boolean right = login.isEmpty() || login.get().equals(user + ":" + password);
      List<String> scopes =
          values.getOrDefault("scope", List.of()).stream()
              .flatMap(scope -> Arrays.stream(scope.split(" ")))
              .filter(scope -> !scope.isEmpty())
              .toList();
      asked.add(
          new Asked(
              exchange.getRequestHeaders().getFirst("User-Agent"),
              login.map(text -> text.split(":", 2)[0]).orElse(""),
              scopes,
              right));
      byte[] body =
          (right
                  ? granted(scopes, login.isPresent())
                  : "{\"errors\":[{\"code\":\"UNAUTHORIZED\"}]}")
              .getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(right ? 200 : 401, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static Map<String, List<String>> values(String query) {
    Map<String, List<String>> values = new HashMap<>();
    for (String pair : query.split("&")) {
      String[] parts = pair.split("=", 2);
      values
          .computeIfAbsent(parts[0], name -> new ArrayList<>())
          .add(parts.length < 2 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return values;
  }

  private static Optional<String> ofForm(Map<String, List<String>> values) {
    return Optional.of(
        values.getOrDefault("username", List.of("")).getFirst()
            + ":"
            + values.getOrDefault("password", List.of("")).getFirst());
  }

  private static Optional<String> ofHeader(HttpExchange exchange) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
        .map(header -> Base64.getDecoder().decode(header.replaceFirst("^Basic ", "")))
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  private String granted(List<String> scopes, boolean known) throws IOException {
    Instant now = Instant.now();
    String token = token(scopes, known, now);
    return """
    {"token":"%1$s","access_token":"%1$s","expires_in":%2$d,"issued_at":"%3$s"}\
    """
        .formatted(token, SECONDS, now);
  }

  private String token(List<String> scopes, boolean known, Instant now) throws IOException {
    String header =
        "{\"typ\":\"JWT\",\"alg\":\"ES256\",\"x5c\":[\""
            + Base64.getEncoder().encodeToString(identity.certificate())
            + "\"]}";
    String claims =
        """
        {"iss":"%s","sub":"%s","aud":"%s","exp":%d,"nbf":%d,"iat":%d,"jti":"x","access":[%s]}\
        """
            .formatted(
                ISSUER,
                known ? user : "",
                SERVICE,
                now.getEpochSecond() + SECONDS,
                now.getEpochSecond() - SECONDS,
                now.getEpochSecond(),
                scopes.stream()
                    .map(scope -> access(scope, known))
                    .flatMap(Optional::stream)
                    .collect(Collectors.joining(",")));
    String signed =
        base64(header.getBytes(StandardCharsets.UTF_8))
            + "."
            + base64(claims.getBytes(StandardCharsets.UTF_8));
    return signed + "." + base64(identity.sign(signed.getBytes(StandardCharsets.US_ASCII)));
  }

  private static Optional<String> access(String scope, boolean known) {
    String[] parts = scope.split(":");
    List<String> actions = new ArrayList<>(List.of(parts[parts.length - 1].split(",")));
    if (!known) {
      actions.removeIf(action -> !action.equals("pull") || !parts[1].startsWith("public/"));
    }
    return actions.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "{\"type\":\"%s\",\"name\":\"%s\",\"actions\":[%s]}"
                .formatted(
                    parts[0],
                    parts[1],
                    actions.stream()
                        .map(action -> "\"" + action + "\"")
                        .collect(Collectors.joining(","))));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
