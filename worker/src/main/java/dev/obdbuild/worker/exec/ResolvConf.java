package dev.obdbuild.worker.exec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The /etc/resolv.conf of a container. Without settings of ours, a container in the host's network
 * gets the host's file as it is; in a namespace of its own, servers on the host's loopback would
 * not answer and are replaced: by those that systemd's stub asks, or else by public ones, as
 * BuildKit does.
 */
final class ResolvConf {

  private static final String STUB = "127.0.0.53";
  private static final List<String> PUBLIC =
      List.of("8.8.8.8", "8.8.4.4", "2001:4860:4860::8888", "2001:4860:4860::8844");

  private ResolvConf() {}

  /**
   * The file's text.
   *
   * @param host text of the host's file, empty if it has none
   * @param uplink the file that names the servers behind systemd's stub
   * @param own whether the container has a network namespace of its own
   */
  static String of(String host, Path uplink, boolean own, Dns dns) throws IOException {
    if (!own && dns.equals(Dns.ofHost())) {
      return host;
    }
    List<String> lines = host.lines().map(String::strip).toList();
    boolean stub = values(lines, "nameserver").contains(STUB);
    if (own && stub && Files.exists(uplink)) {
      lines = Files.readString(uplink).lines().map(String::strip).toList();
    }
    List<String> servers = new ArrayList<>(choose(dns.nameservers(), values(lines, "nameserver")));
    if (own) {
      servers.removeIf(server -> server.startsWith("127.") || server.equals("::1"));
    }
    if (servers.isEmpty()) {
      servers.addAll(PUBLIC);
    }
    StringBuilder text = new StringBuilder();
    add(text, "search", choose(dns.searchDomains(), values(lines, "search")));
    servers.forEach(server -> add(text, "nameserver", List.of(server)));
    add(text, "options", choose(dns.options(), values(lines, "options")));
    return text.toString();
  }

  private static List<String> choose(List<String> configured, List<String> found) {
    return configured.isEmpty() ? found : configured;
  }

  private static List<String> values(List<String> lines, String keyword) {
    return lines.stream()
        .map(line -> List.of(line.split("\\s+")))
        .filter(words -> words.getFirst().equals(keyword))
        .flatMap(words -> words.stream().skip(1))
        .toList();
  }

  private static void add(StringBuilder text, String keyword, List<String> values) {
    if (!values.isEmpty()) {
      text.append(keyword).append(' ').append(String.join(" ", values)).append('\n');
    }
  }
}
