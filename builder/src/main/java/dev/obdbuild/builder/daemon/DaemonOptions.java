package dev.obdbuild.builder.daemon;

import dev.obdbuild.builder.config.ConfigFile;
import dev.obdbuild.builder.config.HostOptions;
import dev.obdbuild.builder.wire.Address;
import dev.obdbuild.builder.wire.Tls;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a daemon is started: flags over its configuration.
 *
 * @param host the state folder and how things are kept
 * @param addresses where it listens; at least one
 * @param tls of TCP addresses
 * @param insecureTcp whether TCP without TLS may listen beyond loopback
 * @param socketGroup group that owns unix sockets
 * @param log what whoever started it is told
 * @param config everything else, flags merged in
 */
public record DaemonOptions(
    HostOptions host,
    List<Address> addresses,
    Optional<Tls> tls,
    boolean insecureTcp,
    OptionalInt socketUser,
    OptionalInt socketGroup,
    DaemonLog log,
    ConfigFile config) {

  public DaemonOptions {
    addresses = List.copyOf(addresses);
    if (addresses.isEmpty()) {
      throw new IllegalArgumentException("a daemon needs an address to listen on");
    }
    for (Address address : addresses) {
      if (address instanceof Address.Tcp tcp
          && tls.isEmpty()
          && !insecureTcp
          && !tcp.isLoopback()) {
        throw new IllegalArgumentException(
            tcp
                + " can be reached by other machines and has no TLS: give --tlscert, --tlskey and"
                + " --tlscacert, or allow it with --insecure-tcp");
      }
    }
  }
}
