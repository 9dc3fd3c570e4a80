package dev.obdbuild.backstore.config;

import dev.obdbuild.backstore.audit.AuditSpec;
import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.oci.json.MalformedDocumentException;
import dev.obdbuild.oci.registry.HostConfig.ClientKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How a serving process works: an {@code overlaybd.json}. Keys that only matter to the original's
 * own machinery (its I/O engines, threads, gzip cache, live snapshots) are checked for their type,
 * named in {@code ignored}, and otherwise mean nothing.
 *
 * @param cacheFolder of blocks of remote layers
 * @param accelerator a P2P node's address, to which a blob's whole address is appended
 * @param download what images without a word of their own do
 * @param prefetchers reads of a trace that run at a time
 * @param clientKey what to show to registries
 * @param audit where slow reads are written down; nowhere if the file cannot be had
 * @param log file for messages; standard error where there is none
 * @param ignored a line that names what was asked for and has no effect
 */
public record ServiceSpec(
    Path cacheFolder,
    long cacheBytes,
    CredentialSpec credentials,
    Optional<String> accelerator,
    DownloadSpec download,
    int prefetchers,
    Optional<ClientKey> clientKey,
    Optional<String> userAgent,
    Optional<AuditSpec> audit,
    Optional<LogSpec> log,
    Optional<MetricsSpec> metrics,
    Optional<String> ignored) {
  /** The file that is read when none is named; it need not exist. */
  public static final Path DEFAULT = Path.of("/etc/overlaybd/overlaybd.json");

  private static final String CACHE = "/opt/overlaybd/registry_cache";
  private static final String LOGINS = "/opt/overlaybd/cred.json";
  private static final String AUDIT = "/var/log/overlaybd-audit.log";
  private static final String ACCELERATOR = "http://localhost:9731/accelerator";
  private static final long MAX_CACHE_GB = 1 << 20;

  /**
   * Where the counters can be read.
   *
   * @param path of the page
   */
  public record MetricsSpec(int port, String path) {}

  /** What holds where no file says otherwise. */
  public static ServiceSpec standard() {
    try {
      return parse("{}".getBytes(StandardCharsets.US_ASCII), "defaults");
    } catch (MalformedDocumentException e) {
      throw new IllegalStateException("the defaults are right", e);
    }
  }

  /** Reads the default file, if it is there. */
  public static ServiceSpec readDefault() throws IOException {
    return Files.exists(DEFAULT) ? read(DEFAULT) : standard();
  }

  /** Reads a file of at most 1 MiB. */
  public static ServiceSpec read(Path file) throws IOException {
    return parse(ImageFile.bytes(file), file.toString());
  }

  /**
   * Reads a text that {@code name} stands for.
   *
   * @throws MalformedDocumentException naming the key, when it says something that makes no sense
   */
  public static ServiceSpec parse(byte[] text, String name) throws MalformedDocumentException {
    Section top = new Section(JsonReader.parse(text, name, 1 << 20));
    Section cache = top.section("cacheConfig");
    boolean legacy = cache.text("cacheType").isEmpty();
    Section p2p = top.section("p2pConfig");
    Section cert = top.section("certConfig");
    return new ServiceSpec(
        (legacy ? top.path("registryCacheDir") : cache.path("cacheDir")).orElse(Path.of(CACHE)),
        (legacy
                ? top.number("registryCacheSizeGB", 4, 0, MAX_CACHE_GB)
                : cache.number("cacheSizeGB", 4, 0, MAX_CACHE_GB))
            << 30,
        credentials(top),
        p2p.flag("enable", false)
            ? Optional.of(
                httpUrl(p2p.text("address").isEmpty() ? ACCELERATOR : p2p.text("address")))
            : Optional.empty(),
        DownloadSpec.read(top.section("download")),
        (int) top.section("prefetchConfig").number("concurrency", 16, 1, 256),
        clientKey(cert, "certFile", "keyFile"),
        Optional.of(top.text("userAgent")).filter(agent -> !agent.isEmpty()),
        audit(top),
        LogSpec.read(top),
        metrics(top.section("exporterConfig")),
        IgnoredKeys.told(top, name));
  }

  private static String httpUrl(String address) {
    String url = address.contains("://") ? address : "http://" + address;
    return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  private static Optional<AuditSpec> audit(Section top) throws MalformedDocumentException {
    Path file = top.path("auditPath").orElse(Path.of(AUDIT));
    return top.flag("enableAudit", true)
        ? Optional.of(new AuditSpec(file, AuditSpec.SLOW))
        : Optional.empty();
  }

  private static Optional<MetricsSpec> metrics(Section in) throws MalformedDocumentException {
    String path = in.text("uriPrefix").isEmpty() ? "/metrics" : in.text("uriPrefix");
    MetricsSpec metrics = new MetricsSpec((int) in.number("port", 9863, 0, 65535), path);
    return in.flag("enable", false) ? Optional.of(metrics) : Optional.empty();
  }

  private static Optional<ClientKey> clientKey(Section in, String certificate, String key)
      throws MalformedDocumentException {
    Optional<Path> chain = in.path(certificate);
    Optional<Path> secret = in.path(key);
    if (chain.isPresent() != secret.isPresent()) {
      throw in.wrong(
          chain.isPresent() ? key : certificate,
          "is missing beside " + (chain.isPresent() ? certificate : key));
    }
    return chain.isPresent()
        ? Optional.of(new ClientKey(chain.get(), secret.get()))
        : Optional.empty();
  }

  private static CredentialSpec credentials(Section top) throws MalformedDocumentException {
    Section in = top.section("credentialConfig");
    String path = in.text("path");
    Duration timeout = Duration.ofSeconds(in.number("timeout", 1, 1, 3600));
    String mode = in.text("mode");
    return switch (mode) {
      case "" -> new CredentialSpec.InFile(top.path("credentialFilePath").orElse(Path.of(LOGINS)));
      case "file" -> new CredentialSpec.InFile(in.path("path").orElse(Path.of(LOGINS)));
      case "http" ->
          new CredentialSpec.Service(
              address(in, path, "http"),
              Optional.empty(),
              timeout,
              Optional.empty(),
              Optional.empty());
      case "https" ->
          new CredentialSpec.Service(
              address(in, path, "https"),
              Optional.empty(),
              timeout,
              in.path("server_ca_path"),
              clientKey(in, "client_cert_path", "client_key_path"));
      case "uds" ->
          new CredentialSpec.Service(
              "http://localhost/auth",
              Optional.of(in.path("path").orElseThrow(() -> in.wrong("path", "is missing"))),
              timeout,
              Optional.empty(),
              Optional.empty());
      default -> throw in.wrong("mode", "must be file, http, https or uds, is '" + mode + "'");
    };
  }

  private static String address(Section in, String path, String scheme)
      throws MalformedDocumentException {
    String url = path.contains("://") ? path : scheme + "://" + path;
    if (path.isEmpty() || !url.startsWith(scheme + "://")) {
      throw in.wrong("path", "must be an address of " + scheme + ", is '" + path + "'");
    }
    return url;
  }
}
