package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.config.HostOptions;
import dev.obdbuild.builder.wire.Address;
import dev.obdbuild.builder.wire.Tls;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which daemon does the work, if any. */
final class DaemonFlags {

  /** The word for no daemon. */
  private static final String LOCAL = "local";

  private static final List<String> VARIABLES = List.of("OBD_ADDR", "BUILDKIT_HOST");

  /** Flags that say how this process is to work, and so that it is this process that works. */
  private static final List<String> HOST =
      List.of("--root", "--device", "--runtime", "--fs", "--fs-size", "--layer-compression");

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--addr",
      paramLabel = "ADDRESS",
      description =
          "The daemon that does it: unix:///PATH or tcp://HOST:PORT; local for none (default"
              + " $OBD_ADDR, $BUILDKIT_HOST, else "
              + DaemonName.DEFAULT_ADDRESS
              + " if it answers).")
  private Optional<String> addr = Optional.empty();

  @Option(names = "--no-daemon", description = "As --addr local.")
  private boolean noDaemon;

  @Option(
      names = "--tlscacert",
      paramLabel = "FILE",
      description = "Who signed the daemon's certificate, PEM.")
  private Optional<Path> tlsCa = Optional.empty();

  @Option(names = "--tlscert", paramLabel = "FILE", description = "Own certificate, PEM.")
  private Optional<Path> tlsCert = Optional.empty();

  @Option(names = "--tlskey", paramLabel = "FILE", description = "Its private key, PEM.")
  private Optional<Path> tlsKey = Optional.empty();

  @Option(
      names = "--tlsservername",
      paramLabel = "NAME",
      description = "Name in the daemon's certificate (default: the address' host).")
  private Optional<String> tlsName = Optional.empty();

  @SuppressWarnings("NullAway.Init") // picocli sets the annotated field
  DaemonFlags() {}

  /**
   * Whoever builds.
   *
   * @param host how this process would
   */
  Builder builder(HostOptions host) {
    Optional<DaemonBuilder> daemon = daemon();
    return daemon.isPresent() ? daemon.get() : new OwnBuilder(host);
  }

  /**
   * What takes space at the daemon that is to be used, else in this machine's state folder.
   *
   * @param host whose state folder that is
   */
  UsageOf usage(HostOptions host) {
    Optional<DaemonBuilder> daemon = daemon();
    return daemon.isPresent() ? new UsageOf.Daemon(daemon.get()) : new UsageOf.Folder(host);
  }

  /** The daemon that is to be used, if one is. */
  private Optional<DaemonBuilder> daemon() {
    return address(System.getenv()).map(address -> new DaemonBuilder(address, tls()));
  }

  /**
   * The address of the daemon.
   *
   * @throws IllegalArgumentException when flags exclude each other, or an address is none
   */
  Optional<Address> address(Map<String, String> environment) {
    Optional<String> hostFlag = HOST.stream().filter(this::isGiven).findFirst();
    if (addr.isPresent() && !addr.get().equals(LOCAL)) {
      if (noDaemon) {
        throw new IllegalArgumentException("--addr and --no-daemon exclude each other");
      }
      if (hostFlag.isPresent()) {
        throw new IllegalArgumentException(
            hostFlag.get() + " says how this process works; it makes no sense with --addr");
      }
      return Optional.of(Address.parse(addr.get()));
    }
    if (addr.isPresent() || noDaemon || hostFlag.isPresent()) {
      return Optional.empty();
    }
    for (String variable : VARIABLES) {
      String value = environment.getOrDefault(variable, "");
      if (value.equals(LOCAL)) {
        return Optional.empty();
      }
      if (!value.isEmpty()) {
        return Optional.of(named(variable, value));
      }
    }
    Address usual = Address.parse(DaemonName.DEFAULT_ADDRESS);
    return usual instanceof Address.Unix unix && accepts(unix.path())
        ? Optional.of(usual)
        : Optional.empty();
  }

  private static Address named(String variable, String value) {
    try {
      return Address.parse(value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(variable + ": " + e.getMessage(), e);
    }
  }

  private boolean isGiven(String flag) {
    return spec.commandLine().getParseResult().hasMatchedOption(flag);
  }

  private static boolean accepts(Path socket) {
    if (!Files.exists(socket)) {
      return false;
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      // Nobody listens there, or not to us: this process does it itself.
      return false;
    }
  }

  private Optional<Tls> tls() {
    return tlsCa.isPresent() || tlsCert.isPresent() || tlsKey.isPresent() || tlsName.isPresent()
        ? Optional.of(new Tls(tlsCa, tlsCert, tlsKey, tlsName))
        : Optional.empty();
  }
}
