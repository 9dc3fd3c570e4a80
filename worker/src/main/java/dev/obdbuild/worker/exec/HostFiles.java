package dev.obdbuild.worker.exec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The network files a container gets: /etc/hosts and /etc/resolv.conf. */
final class HostFiles {

  private static final Path RESOLV = Path.of("/etc/resolv.conf");
  private static final Path SYSTEMD_UPLINK = Path.of("/run/systemd/resolve/resolv.conf");

  private HostFiles() {}

  static String hosts(String hostname, List<Sandbox.HostAlias> extra) {
    StringBuilder text =
        new StringBuilder("127.0.0.1\tlocalhost ")
            .append(hostname)
            .append("\n::1\tlocalhost ip6-localhost ip6-loopback\n");
    for (Sandbox.HostAlias alias : extra) {
      text.append(alias.address()).append('\t').append(alias.name()).append('\n');
    }
    return text.toString();
  }

  /**
   * The host's resolver configuration. In the host's own network it is taken as it is; in a network
   * namespace of its own the loopback stub of systemd would not answer, so its upstream servers are
   * taken instead.
   */
  static String resolvConf(Sandbox.Network network) throws IOException {
    if (!Files.exists(RESOLV)) {
      return "";
    }
    String text = Files.readString(RESOLV);
    boolean stub = text.lines().anyMatch(l -> l.strip().startsWith("nameserver 127.0.0.53"));
    if (network != Sandbox.Network.HOST && stub && Files.exists(SYSTEMD_UPLINK)) {
      return Files.readString(SYSTEMD_UPLINK);
    }
    return text;
  }
}
