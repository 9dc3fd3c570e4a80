package dev.obdbuild.builder.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.obdbuild.oci.image.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The registry that {@link WarmUp} pushes to and pulls from: the part of the OCI distribution
 * protocol that this takes, on loopback, over memory. It has one store for all repositories.
 */
final class WarmRegistry implements AutoCloseable {

  private static final Pattern PATH =
      Pattern.compile("/v2/(?<name>.+)/(?<kind>manifests|blobs/uploads|blobs)/(?<key>[^/]*)");

  private static final int OK = 200;
  private static final int CREATED = 201;
  private static final int ACCEPTED = 202;
  private static final int NOT_FOUND = 404;
  private static final int METHOD_NOT_ALLOWED = 405;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Stored> blobs = new ConcurrentHashMap<>();
  private final Map<String, Stored> manifests = new ConcurrentHashMap<>();
  private final Map<String, ByteArrayOutputStream> uploads = new ConcurrentHashMap<>();

  @SuppressWarnings("ArrayRecordComponent")
  private record Stored(String mediaType, byte[] body) {

    String digest() {
      return Digest.sha256(body).toString();
    }
  }

  /** Listens on a port that was free. */
  WarmRegistry() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            answer(exchange);
          }
        });
    server.start();
  }

  /** Host and port, as image names begin. */
  String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    Matcher path = PATH.matcher(exchange.getRequestURI().getPath());
    if (!path.matches()) {
      exchange.sendResponseHeaders(NOT_FOUND, -1);
      return;
    }
    switch (path.group("kind")) {
      case "blobs" -> get(exchange, blobs, path.group("key"));
      case "manifests" -> {
        if (exchange.getRequestMethod().equals("PUT")) {
          put(exchange, path, body);
        } else {
          get(exchange, manifests, manifestKey(path.group("name"), path.group("key")));
        }
      }
      default -> upload(exchange, path, body);
    }
  }

  private static String manifestKey(String name, String tagOrDigest) {
    return tagOrDigest.contains(":") ? tagOrDigest : name + ":" + tagOrDigest;
  }

  private static void get(HttpExchange exchange, Map<String, Stored> store, String key)
      throws IOException {
    Stored found = store.get(key);
    if (found == null) {
      exchange.sendResponseHeaders(NOT_FOUND, -1);
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", found.mediaType());
    exchange.getResponseHeaders().set("Docker-Content-Digest", found.digest());
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", String.valueOf(found.body().length));
      exchange.sendResponseHeaders(OK, -1);
    } else {
      exchange.sendResponseHeaders(OK, found.body().length == 0 ? -1 : found.body().length);
      exchange.getResponseBody().write(found.body());
    }
  }

  private void put(HttpExchange exchange, Matcher path, byte[] body) throws IOException {
    Stored manifest = new Stored(exchange.getRequestHeaders().getFirst("Content-Type"), body);
    manifests.put(manifest.digest(), manifest);
    manifests.put(manifestKey(path.group("name"), path.group("key")), manifest);
    exchange.getResponseHeaders().set("Docker-Content-Digest", manifest.digest());
    exchange.sendResponseHeaders(CREATED, -1);
  }

  /** One whole upload: begun by POST, continued by PATCH, ended by PUT with the digest. */
  private void upload(HttpExchange exchange, Matcher path, byte[] body) throws IOException {
    String id = path.group("key").isEmpty() ? UUID.randomUUID().toString() : path.group("key");
    ByteArrayOutputStream received =
        uploads.computeIfAbsent(id, key -> new ByteArrayOutputStream());
    received.write(body);
    switch (exchange.getRequestMethod()) {
      case "POST", "PATCH" -> {
        exchange
            .getResponseHeaders()
            .set("Location", "/v2/" + path.group("name") + "/blobs/uploads/" + id);
        exchange.getResponseHeaders().set("Range", "0-" + Math.max(0, received.size() - 1));
        exchange.sendResponseHeaders(ACCEPTED, -1);
      }
      case "PUT" -> {
        Stored blob = new Stored("application/octet-stream", received.toByteArray());
        uploads.remove(id);
        blobs.put(blob.digest(), blob);
        exchange.getResponseHeaders().set("Docker-Content-Digest", blob.digest());
        exchange.sendResponseHeaders(CREATED, -1);
      }
      default -> exchange.sendResponseHeaders(METHOD_NOT_ALLOWED, -1);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
