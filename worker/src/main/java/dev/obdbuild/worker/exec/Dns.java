package dev.obdbuild.worker.exec;

import java.util.List;

/**
 * How names are resolved in containers. What is empty is taken from the host's own configuration.
 *
 * @param nameservers addresses of name servers
 * @param options as in resolv.conf: {@code ndots:2}
 * @param searchDomains domains tried for short names
 */
public record Dns(List<String> nameservers, List<String> options, List<String> searchDomains) {

  public Dns {
    nameservers = List.copyOf(nameservers);
    options = List.copyOf(options);
    searchDomains = List.copyOf(searchDomains);
  }

  /** All as the host has it. */
  public static Dns ofHost() {
    return new Dns(List.of(), List.of(), List.of());
  }
}
