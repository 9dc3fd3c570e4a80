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

  static String resolvConf(Sandbox.Network network, Dns dns) throws IOException {
    String host = Files.exists(RESOLV) ? Files.readString(RESOLV) : "";
    boolean own = !(network instanceof Sandbox.Network.Host);
    return ResolvConf.of(host, SYSTEMD_UPLINK, own, dns);
  }
}
