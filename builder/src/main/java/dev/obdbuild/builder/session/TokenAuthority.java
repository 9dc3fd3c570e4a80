package dev.obdbuild.builder.session;

import com.google.protobuf.ByteString;
import dev.obdbuild.protos.filesync.AuthGrpc;
import dev.obdbuild.protos.filesync.GetTokenAuthorityRequest;
import dev.obdbuild.protos.filesync.VerifyTokenAuthorityRequest;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;

/**
 * Lets clients prove that they hold the login that a token is fetched with: each derives a signing
 * key from its login and from a salt of this process, tells the public half, and signs what it is
 * sent. Thread-safe.
 */
final class TokenAuthority {
  private static final int KEY = 32;
  private static final int SIGNATURE = 64;

  /** What stands before a raw Ed25519 key in its X.509 form. */
  private static final byte[] X509 = HexFormat.of().parseHex("302a300506032b6570032100");

  private final SecureRandom random = new SecureRandom();
  private final ByteString salt = bytes();

  private ByteString bytes() {
    byte[] bytes = new byte[KEY];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  /**
   * Whether the client has an authority for a host and proves it.
   *
   * @throws io.grpc.StatusRuntimeException UNAVAILABLE or UNIMPLEMENTED when it has none
   * @throws IOException when it answers with something that is no key
   */
  boolean isProven(AuthGrpc.AuthBlockingStub client, String host) throws IOException {
    byte[] key =
        client
            .getTokenAuthority(
                GetTokenAuthorityRequest.newBuilder().setHost(host).setSalt(salt).build())
            .getPublicKey()
            .toByteArray();
    if (key.length != KEY) {
      throw new IOException(
          "token authority of " + host + ": a public key of " + key.length + " bytes");
    }
    ByteString payload = bytes();
    byte[] signed =
        client
            .verifyTokenAuthority(
                VerifyTokenAuthorityRequest.newBuilder()
                    .setHost(host)
                    .setPayload(payload)
                    .setSalt(salt)
                    .build())
            .getSigned()
            .toByteArray();
    return isSigned(signed, payload.toByteArray(), key);
  }

  /** Whether {@code signed} is a signature by {@code key} followed by {@code payload}. */
  static boolean isSigned(byte[] signed, byte[] payload, byte[] key) {
    if (signed.length != SIGNATURE + payload.length) {
      return false;
    }
    try {
      byte[] encoded = new byte[X509.length + KEY];
      System.arraycopy(X509, 0, encoded, 0, X509.length);
      System.arraycopy(key, 0, encoded, X509.length, KEY);
      PublicKey publicKey =
          KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(publicKey);
      verifier.update(signed, SIGNATURE, payload.length);
      byte[] message = java.util.Arrays.copyOfRange(signed, SIGNATURE, signed.length);
      return verifier.verify(signed, 0, SIGNATURE) && MessageDigest.isEqual(message, payload);
    } catch (GeneralSecurityException e) {
      // Bytes that are no key or no signature prove nothing.
      return false;
    }
  }
}
