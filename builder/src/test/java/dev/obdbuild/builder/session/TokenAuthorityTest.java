package dev.obdbuild.builder.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TokenAuthorityTest {

  @Test
  void onlyASignatureOfThisKeyOverThisPayloadProves() throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    byte[] encoded = pair.getPublic().getEncoded();
    byte[] key = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
    byte[] payload = new byte[32];
    new Random(1).nextBytes(payload);
    Signature signer = Signature.getInstance("Ed25519");
    signer.initSign(pair.getPrivate());
    signer.update(payload);
    byte[] signed = Arrays.copyOf(signer.sign(), 96);
    System.arraycopy(payload, 0, signed, 64, 32);

    assertThat(TokenAuthority.isSigned(signed, payload, key)).isTrue();
    assertThat(TokenAuthority.isSigned(Arrays.copyOf(signed, 95), payload, key)).isFalse();
    for (int i = 0; i < signed.length; i += 7) {
      byte[] changed = signed.clone();
      changed[i] ^= 1;
      assertThat(TokenAuthority.isSigned(changed, payload, key)).isFalse();
    }
    byte[] other = payload.clone();
    other[0] ^= 1;
    assertThat(TokenAuthority.isSigned(signed, other, key)).isFalse();
    assertThat(TokenAuthority.isSigned(signed, payload, new byte[32])).isFalse();
  }
}
