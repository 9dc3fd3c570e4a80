package dev.obdbuild.builder.config;

import dev.obdbuild.backstore.audit.AuditSpec;
import dev.obdbuild.backstore.cache.CacheOptions;
import dev.obdbuild.backstore.device.DeviceChoice;
import dev.obdbuild.oci.registry.HostConfig;
import dev.obdbuild.oci.registry.HostConfig.ClientKey;
import dev.obdbuild.oci.registry.RegistryConfig;
import dev.obdbuild.snapshots.fs.NewFilesystem;
import dev.obdbuild.snapshots.fs.NewFilesystem.BaseSize;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What a host's configuration file says. Its tables are spelled as in BuildKit's {@code
 * buildkitd.toml}; {@code block-cache}, {@code [cache]}, {@code [device]} and {@code [output]} are
 * our own:
 *
 * <pre>
 * block-cache = "10g"                  # or [cache] blocks = "10g"
 * [cache]
 *   download = false                   # whether bases in use are fetched whole in the background,
 *   download-rate = "20m"              # at most so many bytes a second,
 *   download-delay = "5m"              # so long after they were opened
 * [output]
 *   compression = "overlaybd"          # or gzip, zstd, uncompressed
 * [device]
 *   kind = "auto"                      # or tcmu, fuse
 *   backstore = "unix:///run/obd-backstore/serve.sock"  # an 'obd-backstore serve' makes them, not this
 *                                      # process; kind means nothing then. Not said: this process
 *   fs = "ext4"                        # of new filesystems; or xfs, btrfs
 *   fs-size = "64g"                    # their virtual size,
 *   fs-grow = false                    # whether smaller bases are grown to it
 * [metrics]
 *   address = "127.0.0.1:9863"         # of the daemon; none where it is not said
 * [audit]
 *   path = "/var/log/obd-audit.log"    # a line for each slow read; none where it is not said
 *   slower-than = "10ms"
 * [registry."docker.io"]
 *   mirrors = ["mirror.example.com", "127.0.0.1:5000/hub"]
 *   max-qps = 0                        # requests a second; 0 for any number
 *   http = false
 *   insecure = false
 *   ca = ["/etc/obd-build/ca.pem"]
 *   tlsconfigdir = ["/etc/docker/certs.d/docker.io"]
 *   [[registry."docker.io".keypair]]
 *     cert = "/etc/obd-build/client.pem"
 *     key = "/etc/obd-build/client.key"
 * </pre>
 *
 * @param registries how registries are reached
 * @param blocks the cache of remote blocks on disk
 * @param backstore socket of the process that serves devices; empty where the builder does
 * @param filesystem what new filesystems are
 * @param daemon what only a daemon heeds
 * @param metrics where a daemon shows numbers to Prometheus
 * @param audit where slow reads of devices are written down
 * @param warnings keys that mean nothing here, with file and line
 */
public record ConfigFile(
    RegistryConfig registries,
    CacheOptions blocks,
    DeviceChoice device,
    Optional<Path> backstore,
    NewFilesystem filesystem,
    DaemonSettings daemon,
    Optional<InetSocketAddress> metrics,
    Optional<AuditSpec> audit,
    List<String> warnings) {

  /** The file that is read when none is named; it need not exist. */
  public static final Path DEFAULT = Path.of("/etc/obd-build/config.toml");

  private static final long DEFAULT_BLOCK_CACHE = 10L << 30;
  private static final long DOWNLOAD_RATE = 20L << 20;
  private static final Duration DOWNLOAD_DELAY = Duration.ofMinutes(5);

  public ConfigFile {
    warnings = List.copyOf(warnings);
  }

  /** Nothing special. */
  public static ConfigFile none() {
    return new ConfigFile(
        RegistryConfig.defaults(),
        CacheOptions.of(DEFAULT_BLOCK_CACHE),
        DeviceChoice.AUTO,
        Optional.empty(),
        HostOptions.DEFAULT_FILESYSTEM,
        DaemonSettings.none(),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  /** The same, saying something else to a daemon. */
  public ConfigFile withDaemon(DaemonSettings other) {
    return new ConfigFile(
        registries, blocks, device, backstore, filesystem, other, metrics, audit, warnings);
  }

  /** Reads the default file, if there is one. */
  public static ConfigFile readDefault() throws IOException {
    return readIfThere(DEFAULT);
  }

  /** Reads a file, if it is there. */
  public static ConfigFile readIfThere(Path file) throws IOException {
    return Files.exists(file) ? read(file) : none();
  }

  /**
   * Reads a file.
   *
   * @throws IOException when it cannot be read, or says something in a way that makes no sense;
   *     names file, line and key
   */
  public static ConfigFile read(Path file) throws IOException {
    return of(TomlSection.read(file));
  }

  static ConfigFile of(TomlSection top) throws IOException {
    RegistryConfig registries = RegistryConfig.defaults();
    TomlSection hosts = top.section("registry");
    for (String name : hosts.keys()) {
      registries = registries.withHost(name, host(hosts.section(name)));
    }
    TomlSection device = top.section("device");
    DeviceChoice kind = kind(device);
    Optional<Path> backstore = backstore(device);
    NewFilesystem filesystem = filesystem(device);
    DaemonSettings daemon = new DaemonSections(top).read();
    Optional<InetSocketAddress> metrics = metrics(top.section("metrics"));
    Optional<AuditSpec> audit = audit(top.section("audit"));
    return new ConfigFile(
        registries,
        blocks(top),
        kind,
        backstore,
        filesystem,
        daemon,
        metrics,
        audit,
        top.unknown());
  }

  private static Optional<AuditSpec> audit(TomlSection audit) throws IOException {
    Duration slow = audit.duration("slower-than").orElse(AuditSpec.SLOW);
    return audit.path("path").map(file -> new AuditSpec(file, slow));
  }

  private static NewFilesystem filesystem(TomlSection device) throws IOException {
    NewFilesystem usual = HostOptions.DEFAULT_FILESYSTEM;
    boolean grow = device.flag("fs-grow").orElse(false);
    OptionalLong size = device.bytes("fs-size");
    Optional<String> kind = device.text("fs");
    NewFilesystem sized;
    try {
      sized = usual.with(size.orElse(usual.bytes()), grow ? BaseSize.AT_LEAST : BaseSize.ANY);
    } catch (IllegalArgumentException e) {
      throw device.wrong("fs-size", "must be a multiple of 4096");
    }
    try {
      return kind.isPresent() ? sized.as(kind.get()) : sized;
    } catch (IllegalArgumentException e) {
      throw device.wrong("fs", String.valueOf(e.getMessage()));
    }
  }

  private static CacheOptions blocks(TomlSection top) throws IOException {
    TomlSection cache = top.section("cache");
    OptionalLong bytes = top.bytes("block-cache");
    if (bytes.isEmpty()) {
      bytes = cache.bytes("blocks");
    }
    CacheOptions options = CacheOptions.of(bytes.orElse(DEFAULT_BLOCK_CACHE));
    long rate = cache.bytes("download-rate").orElse(DOWNLOAD_RATE);
    if (rate <= 0) {
      throw cache.wrong("download-rate", "must be more than 0");
    }
    Duration delay = cache.duration("download-delay").orElse(DOWNLOAD_DELAY);
    return cache.flag("download").orElse(false)
        ? options.withDownload(new CacheOptions.Download(rate, delay))
        : options;
  }

  private static Optional<InetSocketAddress> metrics(TomlSection metrics) throws IOException {
    Optional<String> said = metrics.text("address");
    if (said.isEmpty()) {
      return Optional.empty();
    }
    Optional<InetSocketAddress> address = address(said.get());
    if (address.isEmpty()) {
      throw metrics.wrong("address", "must be host:port, not \"" + said.get() + "\"");
    }
    return address;
  }

  /** What {@code host:port} says; nothing if the text is none. */
  public static Optional<InetSocketAddress> address(String text) {
    int colon = text.lastIndexOf(':');
    String port = text.substring(colon + 1);
    return colon < 1 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65535
        ? Optional.empty()
        : Optional.of(new InetSocketAddress(text.substring(0, colon), Integer.parseInt(port)));
  }

  private static Optional<Path> backstore(TomlSection device) throws IOException {
    Optional<String> said = device.text("backstore");
    if (said.isPresent() && !said.get().matches("unix:///[^\\x00]{1,100}")) {
      throw device.wrong("backstore", "must be unix:///PATH, not \"" + said.get() + "\"");
    }
    return said.map(address -> Path.of(address.substring("unix://".length())));
  }

  private static DeviceChoice kind(TomlSection device) throws IOException {
    String text = device.text("kind").orElse("auto");
    return switch (text) {
      case "auto" -> DeviceChoice.AUTO;
      case "fuse" -> DeviceChoice.FUSE;
      case "tcmu" -> DeviceChoice.TCMU;
      default -> throw device.wrong("kind", "must be auto, tcmu or fuse, not \"" + text + "\"");
    };
  }

  private static HostConfig host(TomlSection table) throws IOException {
    HostConfig host = HostConfig.DEFAULT.withMirrors(table.texts("mirrors"));
    Optional<Boolean> http = table.flag("http");
    if (http.isPresent()) {
      host = host.withPlainHttp(http.get());
    }
    host = host.withSkipVerify(table.flag("insecure").orElse(false)).withCaFiles(table.paths("ca"));
    OptionalLong maxQps = table.number("max-qps");
    if (maxQps.isPresent()) {
      if (maxQps.getAsLong() < 0 || maxQps.getAsLong() > 1_000_000) {
        throw table.wrong("max-qps", "must be from 0 to 1000000");
      }
      host = host.withMaxQps((int) maxQps.getAsLong());
    }
    for (Path folder : table.paths("tlsconfigdir")) {
      host = withFolder(host, folder);
    }
    for (TomlSection pair : table.sections("keypair")) {
      host = host.withClientKey(new ClientKey(needed(pair, "cert"), needed(pair, "key")));
    }
    return host;
  }

  /**
   * As Docker keeps them, if there is such a folder: authorities in {@code .crt}, pairs in {@code
   * .cert} and {@code .key}.
   */
  private static HostConfig withFolder(HostConfig host, Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return host;
    }
    List<Path> authorities = new ArrayList<>(host.caFiles());
    Optional<ClientKey> key = host.clientKey();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(".crt")) {
          authorities.add(file);
        } else if (name.endsWith(".cert")) {
          key =
              Optional.of(
                  new ClientKey(file, file.resolveSibling(name.replaceFirst("cert$", "key"))));
        }
      }
    }
    HostConfig changed = host.withCaFiles(authorities);
    return key.map(changed::withClientKey).orElse(changed);
  }

  private static Path needed(TomlSection pair, String key) throws IOException {
    Optional<Path> path = pair.path(key);
    if (path.isEmpty()) {
      throw pair.wrong(key, "is missing");
    }
    return path.get();
  }
}
