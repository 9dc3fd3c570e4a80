package dev.obdbuild.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A registry in memory on a loopback port, with logins, redirects and faults as the test asks.
 * Strict: digests are verified, chunks must come in order, tokens must have the right scope.
 * Thread-safe.
 */
public final class TestRegistry implements AutoCloseable {
  private record Planted(Pattern request, Fault fault, int[] times) {}

  private final RegistryStore store = new RegistryStore();
  private final List<LoggedRequest> log = new ArrayList<>();
  private final List<Planted> faults = new ArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().daemon().name("test-registry-", 0).factory());
  private final HttpServer server;
  private final String scheme;
  private @Nullable HttpServer blobServer;
  private RegistryLogin login = new RegistryLogin(RegistryLogin.Mode.NONE, "", "", 60);
  private boolean ranges = true;
  private boolean mounts = true;
  private boolean referrers = true;

  private TestRegistry(HttpServer server, String scheme) {
    this.server = server;
    this.scheme = scheme;
    begin(server, false);
  }

  private void begin(HttpServer started, boolean redirected) {
    started.setExecutor(threads);
    started.createContext("/", new RegistryHandler(this, redirected, end));
    started.start();
  }

  /** Starts one that speaks plain HTTP. */
  public static TestRegistry start() throws IOException {
    return new TestRegistry(HttpServer.create(loopback(), 0), "http");
  }

  /** Starts one that speaks plain HTTP and holds for itself what another one holds now. */
  public static TestRegistry startLike(TestRegistry other) throws IOException {
    TestRegistry registry = start();
    registry.store.addAll(other.store);
    return registry;
  }

  /** Starts one that speaks only TLS, with the certificate of {@code identity}. */
  public static TestRegistry start(TestIdentity identity) throws IOException {
    HttpsServer server = HttpsServer.create(loopback(), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(identity.context()));
    return new TestRegistry(server, "https");
  }

  private static InetSocketAddress loopback() throws IOException {
    return new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0);
  }

  /** {@code 127.0.0.1:port}. */
  public String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  String base() {
    return scheme + "://" + host();
  }

  RegistryStore store() {
    return store;
  }

  /** Wants this name and password with each request. */
  public synchronized TestRegistry requireBasic(String user, String password) {
    login = new RegistryLogin(RegistryLogin.Mode.BASIC, user, password, 60);
    return this;
  }

  /**
   * Wants a token of the right scope, which its token server gives for this name and password, or
   * for the password as a refresh token; for an empty name to everybody.
   */
  public synchronized TestRegistry requireToken(String user, String password, int tokenSeconds) {
    login = new RegistryLogin(RegistryLogin.Mode.TOKEN, user, password, tokenSeconds);
    return this;
  }

  /** Makes every token given out so far void. */
  public synchronized void revokeTokens() {
    login.revoke();
  }

  /** Makes every token given out until then void after so many more requests that bear one. */
  public synchronized void revokeTokensAfter(int requests) {
    login.revokeAfter(requests);
  }

  synchronized RegistryLogin login() {
    return login;
  }

  /** Answers requests for blobs with a redirect to another port, which wants no login. */
  public synchronized TestRegistry redirectBlobs() throws IOException {
    blobServer = HttpServer.create(loopback(), 0);
    begin(blobServer, true);
    return this;
  }

  synchronized Optional<String> redirect(String path) {
    return Optional.ofNullable(blobServer)
        .map(
            other ->
                "http://127.0.0.1:" + other.getAddress().getPort() + path + "?signature=secret");
  }

  /** Answers ranged requests with the whole blob. */
  public synchronized TestRegistry ignoreRanges() {
    ranges = false;
    return this;
  }

  synchronized boolean knowsRanges() {
    return ranges;
  }

  /** Answers requests to mount a blob by opening an upload. */
  public synchronized TestRegistry refuseMounts() {
    mounts = false;
    return this;
  }

  synchronized boolean mounts() {
    return mounts;
  }

  /** Behaves like a registry from before the referrers API. */
  public synchronized TestRegistry withoutReferrers() {
    referrers = false;
    return this;
  }

  synchronized boolean keepsReferrers() {
    return referrers;
  }

  /**
   * Plants a fault in the next requests whose {@code "METHOD /path"} is found by {@code request}, a
   * regular expression.
   */
  public synchronized TestRegistry failNext(int times, String request, Fault fault) {
    faults.add(new Planted(Pattern.compile(request), fault, new int[] {times}));
    return this;
  }

  /** How many requests more are to meet a fault: 0 when all that was planted has happened. */
  public synchronized int faultsLeft() {
    return faults.stream().mapToInt(planted -> planted.times()[0]).sum();
  }

  /** Removes every fault. */
  public synchronized void heal() {
    faults.clear();
  }

  synchronized @Nullable Fault log(HttpExchange exchange, boolean redirected) {
    URI uri = exchange.getRequestURI();
    Map<String, List<String>> headers = new TreeMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), List.copyOf(values)));
    String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
    log.add(
        new LoggedRequest(exchange.getRequestMethod(), uri.getPath(), query, headers, redirected));
    for (Planted planted : faults) {
      if (planted.times()[0] > 0
          && planted.request().matcher(exchange.getRequestMethod() + " " + uri.getPath()).find()) {
        planted.times()[0]--;
        return planted.fault();
      }
    }
    return null;
  }

  /** Every request so far, in order of arrival. */
  public synchronized List<LoggedRequest> requests() {
    return List.copyOf(log);
  }

  /** Requests whose {@code "METHOD /path"} is found by a regular expression. */
  public List<LoggedRequest> requests(String request) {
    Pattern pattern = Pattern.compile(request);
    return requests().stream()
        .filter(r -> pattern.matcher(r.method() + " " + r.path()).find())
        .toList();
  }

  /** How many requests there were of that form. */
  public int count(String request) {
    return requests(request).size();
  }

  /** Forgets the requests so far. */
  public synchronized void clearLog() {
    log.clear();
  }

  /** Stores a blob, and gives its digest. */
  public String putBlob(String repository, byte[] bytes) {
    return store.putBlob(repository, bytes);
  }

  /** The blob, if it is there. */
  public Optional<byte[]> blob(String repository, String digest) {
    return store.blob(repository, digest);
  }

  /** Gives other bytes under a digest that is not theirs. */
  public void replaceBlob(String repository, String digest, byte[] bytes) {
    store.replaceBlob(repository, digest, bytes);
  }

  /** Removes a blob. */
  public void deleteBlob(String repository, String digest) {
    store.deleteBlob(repository, digest);
  }

  /** Stores a manifest under a tag and its digest, which it gives. */
  public String putManifest(String repository, String tag, String mediaType, byte[] body) {
    return store.putManifest(repository, tag, mediaType, body);
  }

  /** The bytes of a manifest by tag or digest, if it is there. */
  public Optional<byte[]> manifest(String repository, String tagOrDigest) {
    return store.manifest(repository, tagOrDigest).map(RegistryStore.StoredManifest::body);
  }

  /** Uploads that were opened and neither finished nor cancelled. */
  public int openUploads() {
    return store.openUploads();
  }

  static Map<String, String> query(URI uri) {
    Map<String, String> query = new HashMap<>();
    String text = uri.getRawQuery();
    for (String pair : text == null ? new String[0] : text.split("&")) {
      String[] parts = pair.split("=", 2);
      query.put(
          parts[0], parts.length == 1 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return query;
  }

  /** Stops at once: connections break. */
  @Override
  public void close() {
    end.countDown();
    server.stop(0);
    @Nullable HttpServer other;
    synchronized (this) {
      other = blobServer;
    }
    if (other != null) {
      other.stop(0);
    }
    threads.shutdownNow();
  }
}
