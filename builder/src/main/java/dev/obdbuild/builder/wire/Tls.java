package dev.obdbuild.builder.wire;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The files of one end of a TLS connection, all PEM. A server with a {@code ca} accepts only
 * clients whose certificate it signed.
 *
 * @param ca who signs the other end's certificate; empty for the system's authorities on a client
 *     and for any client on a server
 * @param cert own certificate with its chain; a server must have one
 * @param key its private key, PKCS #8
 * @param serverName the name that the server's certificate must have; empty for the address' own
 */
public record Tls(
    Optional<Path> ca, Optional<Path> cert, Optional<Path> key, Optional<String> serverName) {

  public Tls {
    if (cert.isPresent() != key.isPresent()) {
      throw new IllegalArgumentException("a TLS certificate and its key come together");
    }
  }

  SslContext server() throws IOException {
    if (cert.isEmpty() || key.isEmpty()) {
      throw new IOException("a TLS server needs a certificate and its key");
    }
    try {
      SslContextBuilder builder = SslContextBuilder.forServer(file(cert.get()), file(key.get()));
      if (ca.isPresent()) {
        builder.trustManager(file(ca.get())).clientAuth(ClientAuth.REQUIRE);
      }
      return GrpcSslContexts.configure(builder).build();
    } catch (IllegalArgumentException e) {
      throw unreadable(e);
    }
  }

  SslContext client() throws IOException {
    try {
      SslContextBuilder builder = GrpcSslContexts.forClient();
      if (ca.isPresent()) {
        builder.trustManager(file(ca.get()));
      }
      if (cert.isPresent() && key.isPresent()) {
        builder.keyManager(file(cert.get()), file(key.get()));
      }
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw unreadable(e);
    }
  }

  private IOException unreadable(IllegalArgumentException e) {
    return new IOException("TLS files " + this + ": " + e.getMessage(), e);
  }

  private static File file(Path path) throws IOException {
    if (!path.toFile().canRead()) {
      throw new IOException("TLS file " + path + " cannot be read");
    }
    return path.toFile();
  }
}
