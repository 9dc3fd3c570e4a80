package dev.obdbuild.worker.signature;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Tag;

/** Signatures and keys of strangers: refused, and never good for a message nobody signed. */
@Tag("fuzz")
final class SignaturesFuzzTest {
  private static final byte[] NOBODYS = "nobody signed this".getBytes(UTF_8);

  @FuzzTest(maxDuration = "60s")
  void pgpSignatures(byte[] packets) {
    try {
      PgpSignature signature =
          PgpSignature.parse(armoured(packets, PgpSignature.BEGIN, "-----END PGP SIGNATURE-----"));
      assertThat(signature).isNotNull();
    } catch (BadSignatureException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  @FuzzTest(maxDuration = "60s")
  void pgpKeys(byte[] packets) {
    String keys =
        armoured(
            packets, "-----BEGIN PGP PUBLIC KEY BLOCK-----", "-----END PGP PUBLIC KEY BLOCK-----");
    try {
      List<PgpCertificate> all = PgpCertificate.readAll(keys);
      assertThat(all).isNotEmpty();
      assertThat(all.getFirst().signers(1)).isEmpty();
    } catch (BadSignatureException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  /** As text, so that the armour itself is looked at, too. */
  @FuzzTest(maxDuration = "60s")
  void pgpArmour(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    assertThatThrownBy(
            () -> PgpSignature.parse(text).verify(new ByteArrayInputStream(NOBODYS), text, true))
        .isInstanceOf(BadSignatureException.class);
  }

  /** The length of the key, the key, and a signature of something else. */
  @FuzzTest(maxDuration = "60s")
  void sshSignatures(byte[] bytes) {
    if (bytes.length == 0) {
      return;
    }
    int key = Math.min(bytes[0] & 0xff, bytes.length - 1);
    String keys = "x " + base64(Arrays.copyOfRange(bytes, 1, 1 + key));
    String signature =
        SshSignature.BEGIN
            + "\n"
            + base64(Arrays.copyOfRange(bytes, 1 + key, bytes.length))
            + "\n-----END SSH SIGNATURE-----\n";
    try {
      SshSignature.parse(signature).verify(NOBODYS, "git", keys);
      assertThat(signature).as("a signature that nobody made is good").isEmpty();
    } catch (BadSignatureException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  @FuzzTest(maxDuration = "30s")
  void sshKeys(byte[] blob) {
    String line = "ssh-rsa " + base64(blob) + " comment";
    try {
      assertThat(SshPublicKey.firstOf(line).blob()).isEqualTo(blob);
    } catch (BadSignatureException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static String armoured(byte[] bytes, String begin, String end) {
    return begin + "\n\n" + Base64.getMimeEncoder().encodeToString(bytes) + "\n" + end + "\n";
  }
}
