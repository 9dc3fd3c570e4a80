package dev.obdbuild.oci.registry;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The proxies that the environment names, as most tools read it: {@code HTTP_PROXY}, {@code
 * HTTPS_PROXY}, {@code NO_PROXY}, also in lower case. Loopback addresses are reached directly.
 */
final class Proxies extends ProxySelector {
  private final Optional<InetSocketAddress> plain;
  private final Optional<InetSocketAddress> tls;
  private final List<String> direct;

  private Proxies(
      Optional<InetSocketAddress> plain, Optional<InetSocketAddress> tls, List<String> direct) {
    this.plain = plain;
    this.tls = tls;
    this.direct = direct;
  }

  /** Reads an environment; an address that is none counts as not said. */
  static Proxies of(Map<String, String> environment) {
    String none = named(environment, "NO_PROXY");
    return new Proxies(
        address(named(environment, "HTTP_PROXY")),
        address(named(environment, "HTTPS_PROXY")),
        Arrays.stream(none.toLowerCase(Locale.ROOT).split(","))
            .map(String::strip)
            .filter(name -> !name.isEmpty())
            .toList());
  }

  private static String named(Map<String, String> environment, String name) {
    return environment.getOrDefault(
        name, environment.getOrDefault(name.toLowerCase(Locale.ROOT), ""));
  }

  private static Optional<InetSocketAddress> address(String text) {
    try {
      URI uri = URI.create(text.contains("://") ? text : "http://" + text);
      int port = uri.getPort() < 0 ? 80 : uri.getPort();
      return Optional.ofNullable(uri.getHost())
          .map(host -> InetSocketAddress.createUnresolved(host, port));
    } catch (IllegalArgumentException e) {
      // Not for us to judge: other tools read the same variable.
      return Optional.empty();
    }
  }

  @Override
  public List<Proxy> select(URI uri) {
    Optional<InetSocketAddress> proxy = "https".equals(uri.getScheme()) ? tls : plain;
    String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
    boolean passed = proxy.isEmpty() || Endpoints.isLoopback(host) || isDirect(host, uri.getPort());
    return List.of(passed ? Proxy.NO_PROXY : new Proxy(Proxy.Type.HTTP, proxy.orElseThrow()));
  }

  private boolean isDirect(String host, int port) {
    for (String name : direct) {
      String bare = name.startsWith("*.") ? name.substring(1) : name;
      boolean below = host.endsWith(bare.startsWith(".") ? bare : "." + bare);
      if (bare.equals("*") || bare.equals(host) || bare.equals(host + ":" + port) || below) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void connectFailed(URI uri, SocketAddress proxy, IOException failure) {
    // Whoever sent the request is told.
  }
}
