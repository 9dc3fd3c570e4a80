package dev.obdbuild.backstore.attach;

import dev.obdbuild.backstore.config.BlobsUrl;
import dev.obdbuild.backstore.config.ServiceSpec;
import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.oci.registry.HostConfig;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.oci.registry.RegistryConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** How the repository of an image is reached, as the service's configuration wants it. */
final class Registries {
  private static final List<Path> SYSTEM_CERTIFICATES =
      List.of(
          Path.of("/etc/ssl/certs/ca-bundle.crt"), Path.of("/etc/ssl/certs/ca-certificates.crt"));

  /** Names another file of authorities, as for OpenSSL's programs. */
  private static final String AUTHORITIES = "SSL_CERT_FILE";

  private static final int PROBE_MILLIS = 1000;

  private Registries() {}

  /**
   * A client for the repository, to be closed.
   *
   * @param log told when there is a P2P node that does not answer
   */
  static RegistryClient client(
      BlobsUrl blobs, ServiceSpec service, Credentials credentials, AttachLog log) {
    String named = System.getenv().getOrDefault(AUTHORITIES, "");
    Optional<Path> authorities =
        named.isEmpty()
            ? SYSTEM_CERTIFICATES.stream().filter(Files::isReadable).findFirst()
            : Optional.of(Path.of(named));
    return client(blobs, service, credentials, authorities, log);
  }

  /** The same, trusting these authorities. */
  static RegistryClient client(
      BlobsUrl blobs,
      ServiceSpec service,
      Credentials credentials,
      Optional<Path> authorities,
      AttachLog log) {
    HostConfig host = HostConfig.DEFAULT.withPlainHttp(!blobs.tls());
    if (blobs.tls() && authorities.isPresent()) {
      host = host.withCaFiles(List.of(authorities.get()));
    }
    if (service.clientKey().isPresent()) {
      host = host.withClientKey(service.clientKey().get());
    }
    if (service.accelerator().isPresent()) {
      String node = service.accelerator().get();
      if (answers(node)) {
        host = host.withMirrors(List.of(node + "/" + blobs.registryUrl()));
      } else {
        log.line("the P2P node " + node + " does not answer: reading from the registry");
      }
    }
    RegistryConfig config = RegistryConfig.defaults().withHost(blobs.repository().registry(), host);
    return new RegistryClient(
        service.userAgent().map(config::withUserAgent).orElse(config), credentials);
  }

  /** Whether somebody listens there; a node that fails later is passed over then. */
  private static boolean answers(String node) {
    try (Socket socket = new Socket()) {
      URI uri = URI.create(node);
      int port = uri.getPort() >= 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
      socket.connect(new InetSocketAddress(uri.getHost(), port), PROBE_MILLIS);
      return true;
    } catch (IOException | IllegalArgumentException e) {
      // Whether it answers is the whole question.
      return false;
    }
  }
}
