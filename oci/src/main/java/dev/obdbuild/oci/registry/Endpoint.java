package dev.obdbuild.oci.registry;

import java.net.URI;

/**
 * One address that serves a registry's images.
 *
 * @param base ends in {@code /v2/}, or {@code /v2/some/path/} for a mirror with a path
 * @param registry whose login is used
 */
record Endpoint(URI base, String registry) {
  /**
   * Joined as text: resolving would take the scheme of a base with an address in its path apart.
   */
  URI uri(String path) {
    return URI.create(base + path);
  }

  /** Whether a request can be sent there; an address that a stranger told may be anything. */
  static boolean isWeb(URI uri) {
    return uri.getHost() != null
        && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
        && uri.getPort() < 1 << 16;
  }

  boolean sameOrigin(URI uri) {
    return origin(base).equals(origin(uri));
  }

  static String origin(URI uri) {
    int port = uri.getPort();
    if (port < 0) {
      port = "https".equals(uri.getScheme()) ? 443 : 80;
    }
    return uri.getScheme() + "://" + uri.getHost() + ":" + port;
  }
}
