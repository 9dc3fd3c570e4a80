package dev.obdbuild.oci.registry;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How one registry is reached.
 *
 * @param mirrors asked before the registry itself when reading, in order: {@code
 *     host[:port][/path]} or a URL; or a P2P node's URL with the registry's behind it: {@code
 *     http://node:9731/prefix/https://host/v2/}
 * @param plainHttp true: no TLS; false: only TLS; empty: TLS, but on loopback whatever answers
 * @param skipVerify accepts any certificate
 * @param caFiles PEM files of certificates to trust besides the JDK's
 * @param clientKey certificate and key to show, PEM
 * @param maxQps requests a second at most, small bursts apart; 0 for any number
 */
public record HostConfig(
    List<String> mirrors,
    Optional<Boolean> plainHttp,
    boolean skipVerify,
    List<Path> caFiles,
    Optional<ClientKey> clientKey,
    int maxQps) {
  /** PEM files of a certificate chain and its private key (PKCS 8). */
  public record ClientKey(Path certificate, Path key) {}

  /** Nothing special. */
  public static final HostConfig DEFAULT =
      new HostConfig(List.of(), Optional.empty(), false, List.of(), Optional.empty(), 0);

  public HostConfig {
    mirrors = List.copyOf(mirrors);
    caFiles = List.copyOf(caFiles);
    if (maxQps < 0) {
      throw new IllegalArgumentException(maxQps + " requests a second");
    }
  }

  /** This with other mirrors. */
  public HostConfig withMirrors(List<String> changed) {
    return new HostConfig(changed, plainHttp, skipVerify, caFiles, clientKey, maxQps);
  }

  /** This with plain HTTP switched on or off. */
  public HostConfig withPlainHttp(boolean changed) {
    return new HostConfig(mirrors, Optional.of(changed), skipVerify, caFiles, clientKey, maxQps);
  }

  /** This with another rule about unknown certificates. */
  public HostConfig withSkipVerify(boolean changed) {
    return new HostConfig(mirrors, plainHttp, changed, caFiles, clientKey, maxQps);
  }

  /** This with other certificates to trust. */
  public HostConfig withCaFiles(List<Path> changed) {
    return new HostConfig(mirrors, plainHttp, skipVerify, changed, clientKey, maxQps);
  }

  /** This with a certificate to show. */
  public HostConfig withClientKey(ClientKey changed) {
    return new HostConfig(mirrors, plainHttp, skipVerify, caFiles, Optional.of(changed), maxQps);
  }

  /** This with another bound on requests a second. */
  public HostConfig withMaxQps(int changed) {
    return new HostConfig(mirrors, plainHttp, skipVerify, caFiles, clientKey, changed);
  }

  boolean isCustomTls() {
    return skipVerify || !caFiles.isEmpty() || clientKey.isPresent();
  }
}
