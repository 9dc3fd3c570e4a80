package dev.obdbuild.oci.registry;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** Where each registry is found: its mirrors, its scheme. Thread-safe. */
final class Endpoints {
  private static final int BAD_REQUEST = 400;

  private final RegistryConfig config;
  private final HttpSender http;
  private final Map<String, String> probedSchemes = new ConcurrentHashMap<>();
  private final ReentrantLock probing = new ReentrantLock();

  Endpoints(RegistryConfig config, HttpSender http) {
    this.config = config;
    this.http = http;
  }

  /** Mirrors first, then the registry itself. */
  List<Endpoint> forReading(String registry) throws IOException {
    List<Endpoint> endpoints = new ArrayList<>();
    for (String mirror : config.host(registry).mirrors()) {
      endpoints.add(
          isPrefix(mirror) ? new Endpoint(uri(mirror, mirror), registry) : mirror(mirror));
    }
    endpoints.add(forWriting(registry));
    return endpoints;
  }

  /** The registry itself. */
  Endpoint forWriting(String registry) throws IOException {
    String host = registry.equals("docker.io") ? "registry-1.docker.io" : registry;
    return new Endpoint(uri(scheme(registry) + "://" + host + "/v2/", registry), registry);
  }

  /**
   * Whether this is a P2P node's address with the registry's own whole address behind it: such a
   * node wants the registry's logins.
   */
  static boolean isPrefix(String mirror) {
    return mirror.indexOf("://") != mirror.lastIndexOf("://") && mirror.endsWith("/v2/");
  }

  private Endpoint mirror(String mirror) throws IOException {
    int colon = mirror.indexOf("://");
    String rest = colon < 0 ? mirror : mirror.substring(colon + 3);
    int slash = rest.indexOf('/');
    String host = slash < 0 ? rest : rest.substring(0, slash);
    String path = slash < 0 ? "" : rest.substring(slash + 1).replaceAll("^v2/|/+$", "");
    String scheme = colon < 0 ? scheme(host) : mirror.substring(0, colon);
    return new Endpoint(
        uri(scheme + "://" + host + "/v2/" + (path.isEmpty() ? "" : path + "/"), mirror), host);
  }

  private static URI uri(String text, String name) throws IOException {
    try {
      URI uri = URI.create(text);
      if (uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw new IOException("'" + name + "' is not the address of a registry", e);
    }
    throw new IOException("'" + name + "' is not the address of a registry");
  }

  private String scheme(String registry) throws IOException {
    HostConfig host = config.host(registry);
    Optional<Boolean> plain = host.plainHttp();
    if (!config.insecure().contains(registry)) {
      if (plain.isPresent()) {
        return plain.get() ? "http" : "https";
      }
      if (host.isCustomTls() || !isLoopback(registry)) {
        return "https";
      }
    }
    String known = probedSchemes.get(registry);
    return known == null ? probeOnce(registry) : known;
  }

  /** Many layers may be opened at the same time; one of them asks for all. */
  private String probeOnce(String registry) throws IOException {
    probing.lock();
    try {
      String known = probedSchemes.get(registry);
      return known == null ? probe(registry) : known;
    } finally {
      probing.unlock();
    }
  }

  /**
   * On loopback most registries speak plain HTTP, and an insecure one may; one with TLS answers a
   * plain request with 400 or not at all.
   */
  private String probe(String registry) throws IOException {
    OptionalInt plain = status("http", registry);
    boolean tls =
        plain.isPresent() ? plain.getAsInt() == BAD_REQUEST : status("https", registry).isPresent();
    if (plain.isEmpty() && !tls) {
      // Nobody there: the real request names the failure, and a later one asks again.
      return "http";
    }
    String scheme = tls ? "https" : "http";
    probedSchemes.put(registry, scheme);
    return scheme;
  }

  private OptionalInt status(String scheme, String registry) throws IOException {
    URI uri = uri(scheme + "://" + registry + "/v2/", registry);
    try (Response response = http.send(uri, Request.get("")).drained()) {
      return OptionalInt.of(response.status());
    } catch (IOException e) {
      // Whether somebody answers is the whole question here.
      return OptionalInt.empty();
    }
  }

  static boolean isLoopback(String registry) {
    String host =
        registry.startsWith("[") ? registry.replaceAll("].*", "]") : registry.split(":", 2)[0];
    return host.equals("localhost")
        || host.endsWith(".localhost")
        || host.startsWith("127.") && host.matches("[0-9.]+")
        || host.equals("[::1]");
  }
}
