package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.oci.json.GoQuote;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The tokens of EXPOSE: {@code [ip:][host:]port[-end][/proto]}. Only port and protocol count. */
final class Ports {
  private static final int MAX = 65535;

  private Ports() {}

  private record Range(int first, int last) {
    int length() {
      return last - first;
    }
  }

  /**
   * A token taken apart.
   *
   * @param protocol as it was written; {@code tcp} if it was not
   */
  record Parts(String address, String host, String port, String protocol) {
    /** Whether it says more than EXPOSE can use. */
    boolean mapsHost() {
      return !address.isEmpty() || !host.isEmpty();
    }
  }

  /** The parts of a token, of which only the protocol has been looked at. */
  static Parts split(String token) throws DockerfileException {
    List<String> parts = List.of(token.split(":", -1));
    int count = parts.size();
    String[] container = parts.getLast().split("/", 2);
    if (container[0].isEmpty()) {
      throw invalid(token, "no port specified");
    }
    String protocol = container.length < 2 ? "" : container[1];
    switch (protocol.toLowerCase(Locale.ROOT)) {
      case "", "tcp", "udp", "sctp" -> {}
      default -> throw invalid(token, "invalid proto: " + protocol);
    }
    return new Parts(
        count > 2 ? String.join(":", parts.subList(0, count - 2)) : "",
        count > 1 ? parts.get(count - 2) : "",
        container[0],
        protocol.isEmpty() ? "tcp" : protocol);
  }

  private static DockerfileException invalid(String token, String reason) {
    return new DockerfileException("invalid port: " + GoQuote.quote(token) + ": " + reason);
  }

  /** Every port of a token as {@code number/protocol}. */
  static List<String> of(Parts parts) throws DockerfileException {
    checkAddress(parts.address);
    Range range =
        range(parts.port)
            .orElseThrow(() -> new DockerfileException("invalid containerPort: " + parts.port));
    checkHost(parts.host, range, parts.port);
    List<String> ports = new ArrayList<>();
    for (int port = range.first; port <= range.last; port++) {
      ports.add(port + "/" + parts.protocol.toLowerCase(Locale.ROOT));
    }
    return ports;
  }

  private static void checkAddress(String text) throws DockerfileException {
    String ip =
        text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
    if (!ip.isEmpty() && IpText.canonical(ip.toLowerCase(Locale.ROOT)).isEmpty()) {
      throw new DockerfileException("invalid IP address: " + ip);
    }
  }

  private static void checkHost(String host, Range container, String text)
      throws DockerfileException {
    if (host.isEmpty()) {
      return;
    }
    Range range =
        range(host).orElseThrow(() -> new DockerfileException("invalid hostPort: " + host));
    if (range.length() != container.length() && container.length() != 0) {
      throw new DockerfileException(
          "invalid ranges specified for container and host Ports: " + text + " and " + host);
    }
  }

  private static Optional<Range> range(String text) {
    String[] ends = text.split("-", -1);
    if (ends.length > 2) {
      return Optional.empty();
    }
    Optional<Integer> first = number(ends[0]);
    Optional<Integer> last = number(ends[ends.length - 1]);
    if (first.isEmpty() || last.isEmpty() || last.get() < first.get()) {
      return Optional.empty();
    }
    return Optional.of(new Range(first.get(), last.get()));
  }

  private static Optional<Integer> number(String text) {
    return text.matches("[0-9]{1,9}") && Integer.parseInt(text) <= MAX
        ? Optional.of(Integer.parseInt(text))
        : Optional.empty();
  }
}
