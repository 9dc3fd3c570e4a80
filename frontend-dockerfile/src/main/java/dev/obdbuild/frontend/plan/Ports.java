package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
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

  /** Every port of the token as {@code number/protocol}. */
  static List<String> parse(String token) throws DockerfileException {
    List<String> parts = List.of(token.split(":", -1));
    int count = parts.size();
    String[] container = parts.getLast().split("/", 2);
    if (container[0].isEmpty()) {
      throw new DockerfileException("no port specified: " + parts.getLast() + "<empty>");
    }
    String protocol = container.length < 2 ? "" : container[1].toLowerCase(Locale.ROOT);
    switch (protocol) {
      case "", "tcp", "udp", "sctp" -> {}
      default -> throw new DockerfileException("invalid proto: " + protocol);
    }
    checkAddress(count > 2 ? String.join(":", parts.subList(0, count - 2)) : "");
    Range range =
        range(container[0])
            .orElseThrow(() -> new DockerfileException("invalid containerPort: " + container[0]));
    checkHost(count > 1 ? parts.get(count - 2) : "", range, container[0]);
    List<String> ports = new ArrayList<>();
    for (int port = range.first; port <= range.last; port++) {
      ports.add(port + "/" + (protocol.isEmpty() ? "tcp" : protocol));
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
