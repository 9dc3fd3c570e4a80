package dev.obdbuild.builder.wire;

import java.nio.file.Path;

/** Where a daemon listens. */
public sealed interface Address {

  /** A unix socket; at most 107 bytes of path. */
  record Unix(Path path) implements Address {
    @Override
    public String toString() {
      return "unix://" + path;
    }
  }

  /**
   * A TCP port.
   *
   * @param host name or number, IPv6 without brackets
   */
  record Tcp(String host, int port) implements Address {
    public Tcp {
      if (host.isEmpty() || port < 0 || port > 65535) {
        throw new IllegalArgumentException("no TCP address: '" + host + "', port " + port);
      }
    }

    /** Whether only this machine can reach it. */
    public boolean isLoopback() {
      return host.equals("localhost") || host.equals("::1") || host.matches("127(\\.[0-9]+){3}");
    }

    @Override
    public String toString() {
      return "tcp://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /**
   * Reads {@code unix:///path} or {@code tcp://host:port}.
   *
   * @throws IllegalArgumentException naming the text, for anything else
   */
  static Address parse(String text) {
    if (text.startsWith("unix://")) {
      String path = text.substring("unix://".length());
      if (!path.startsWith("/") || path.length() > 107) {
        throw bad(text, "a unix address needs an absolute path of at most 107 bytes");
      }
      return new Unix(Path.of(path));
    }
    if (!text.startsWith("tcp://")) {
      throw bad(text, "unix:///PATH or tcp://HOST:PORT expected");
    }
    String rest = text.substring("tcp://".length());
    int colon = rest.lastIndexOf(':');
    if (colon < 1 || !rest.substring(colon + 1).matches("[0-9]{1,5}")) {
      throw bad(text, "a TCP address needs host and port");
    }
    String host = rest.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.contains(":")) {
      throw bad(text, "an IPv6 address stands in brackets");
    }
    try {
      return new Tcp(host, Integer.parseInt(rest.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      throw bad(text, "a port is at most 65535");
    }
  }

  private static IllegalArgumentException bad(String text, String why) {
    return new IllegalArgumentException("address '" + text + "': " + why);
  }
}
