package dev.obdbuild.oci.registry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Makes the TLS settings of one registry from PEM files. */
final class TlsContexts {
  private TlsContexts() {}

  /** Trusts what the JDK trusts and what {@code host} names besides. */
  static SSLContext of(HostConfig host) throws IOException {
    return of(host, true);
  }

  /** Trusts the files that {@code host} names and nobody else. */
  static SSLContext trustingOnly(HostConfig host) throws IOException {
    return of(host, false);
  }

  private static SSLContext of(HostConfig host, boolean othersToo) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          keys(host),
          host.skipVerify() ? new TrustManager[] {new AnyCertificate()} : trust(host, othersToo),
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("TLS settings cannot be used: " + e.getMessage(), e);
    }
  }

  private static TrustManager[] trust(HostConfig host, boolean othersToo)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int number = 0;
    for (TrustManager manager : othersToo ? managers(null) : new TrustManager[0]) {
      if (manager instanceof X509TrustManager x509) {
        for (X509Certificate known : x509.getAcceptedIssuers()) {
          store.setCertificateEntry("jdk-" + number++, known);
        }
      }
    }
    for (Path file : host.caFiles()) {
      for (Certificate certificate : certificates(file)) {
        store.setCertificateEntry("file-" + number++, certificate);
      }
    }
    return managers(store);
  }

  private static TrustManager[] managers(@Nullable KeyStore store) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static KeyManager @Nullable [] keys(HostConfig host)
      throws IOException, GeneralSecurityException {
    if (host.clientKey().isEmpty()) {
      return null;
    }
    HostConfig.ClientKey key = host.clientKey().get();
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setKeyEntry(
        "client",
        privateKey(key.key()),
        new char[0],
        certificates(key.certificate()).toArray(new Certificate[0]));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, new char[0]);
    return factory.getKeyManagers();
  }

  private static Collection<? extends Certificate> certificates(Path file) throws IOException {
    byte[] pem = Files.readAllBytes(file);
    try {
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem));
      if (certificates.isEmpty()) {
        throw new IOException(file + " holds no certificate");
      }
      return certificates;
    } catch (GeneralSecurityException e) {
      throw new IOException(file + " is not a PEM file of certificates: " + e.getMessage(), e);
    }
  }

  private static PrivateKey privateKey(Path file) throws IOException {
    String pem = Files.readString(file, StandardCharsets.ISO_8859_1);
    String begin = "-----BEGIN PRIVATE KEY-----";
    int from = pem.indexOf(begin);
    int to = pem.indexOf("-----END PRIVATE KEY-----");
    if (from < 0 || to < from) {
      throw new IOException(
          file
              + " holds no unencrypted PKCS 8 key (BEGIN PRIVATE KEY); convert it with: openssl pkcs8 -topk8 -nocrypt");
    }
    byte[] der = Base64.getMimeDecoder().decode(pem.substring(from + begin.length(), to));
    for (String algorithm : new String[] {"RSA", "EC", "EdDSA"}) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
      } catch (GeneralSecurityException e) {
        // The file does not say which kind of key it holds: try the next one.
        continue;
      }
    }
    throw new IOException(file + " holds a key that is none of RSA, EC, EdDSA");
  }

  /** Trusts everybody, because the user said so for this registry. */
  private static final class AnyCertificate extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
