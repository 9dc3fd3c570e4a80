package dev.obdbuild.oci.registry;

import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * The JDK's own TLS settings, made when the first connection needs them. An {@code HttpClient} asks
 * for them when it is built, and reading all certificates of the JDK takes as long as a short build
 * that speaks plain HTTP.
 */
final class LateTls extends SSLContextSpi {

  private LateTls() {}

  /** A context that is used as {@link SSLContext#getDefault} is. */
  static SSLContext context() {
    return new Context();
  }

  private static final class Context extends SSLContext {
    Context() {
      super(new LateTls(), null, "Default");
    }
  }

  private static SSLContext known() {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(
          "the JDK's TLS settings cannot be used: " + e.getMessage(), e);
    }
  }

  @Override
  protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random) {
    throw new IllegalStateException("the JDK's TLS settings are what they are");
  }

  @Override
  protected SSLEngine engineCreateSSLEngine() {
    return known().createSSLEngine();
  }

  @Override
  protected SSLEngine engineCreateSSLEngine(String host, int port) {
    return known().createSSLEngine(host, port);
  }

  @Override
  protected SSLParameters engineGetDefaultSSLParameters() {
    return known().getDefaultSSLParameters();
  }

  @Override
  protected SSLParameters engineGetSupportedSSLParameters() {
    return known().getSupportedSSLParameters();
  }

  @Override
  protected SSLSocketFactory engineGetSocketFactory() {
    return known().getSocketFactory();
  }

  @Override
  protected SSLServerSocketFactory engineGetServerSocketFactory() {
    return known().getServerSocketFactory();
  }

  @Override
  protected SSLSessionContext engineGetClientSessionContext() {
    return known().getClientSessionContext();
  }

  @Override
  protected SSLSessionContext engineGetServerSessionContext() {
    return known().getServerSessionContext();
  }
}
