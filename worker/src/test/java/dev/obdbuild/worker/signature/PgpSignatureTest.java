package dev.obdbuild.worker.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.testkit.NeedsTool;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signatures that GnuPG made, good and bad. */
@NeedsTool({"gpg", "gpgconf"})
final class PgpSignatureTest {

  private static final String MESSAGE = "a message\n";

  /** GnuPG's clock. */
  private static final String[] IN_2020 = {"--faked-system-time", "20200601T000000"};

  @TempDir Path folder;
  private Gpg gpg;
  private Path file;

  @BeforeEach
  void open() throws IOException {
    gpg = new Gpg(folder.resolve("home"));
    file = Files.writeString(folder.resolve("file"), MESSAGE);
  }

  @AfterEach
  void close() throws Exception {
    gpg.close();
  }

  private static void verify(String message, String armour, String keys, boolean rejectExpired)
      throws IOException {
    PgpSignature.parse(armour)
        .verify(
            new ByteArrayInputStream(message.getBytes(StandardCharsets.UTF_8)),
            keys,
            rejectExpired);
  }

  private static void verify(String armour, String keys) throws IOException {
    verify(MESSAGE, armour, keys, true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rsa2048", "rsa3072", "ed25519", "nistp256", "nistp384", "nistp521"})
  void aKeyOfEveryKindVerifiesWhatItSigned(String algorithm) throws Exception {
    String key = gpg.key("signer", algorithm);
    String armour = gpg.sign(file, "signer");
    assertThatCode(() -> verify(armour, key)).doesNotThrowAnyException();
    assertThatThrownBy(() -> verify("a massage\n", armour, key, false))
        .isInstanceOf(BadSignatureException.class)
        .hasMessageMatching("signature by [0-9A-F]{1,16}: invalid signature: .*");
  }

  @Test
  void oneOfSeveralCertificatesIsEnoughAndAnotherIsNot() throws Exception {
    String one = gpg.key("one", "ed25519");
    String other = gpg.key("other", "ed25519");
    String armour = gpg.sign(file, "one");
    verify(armour, other + "\n" + one);
    verify(armour, gpg.run("--armor", "--export"));
    verify(armour, gpg.run("--armor", "--export-secret-keys", "one"));
    assertThatThrownBy(() -> verify(armour, other))
        .hasMessageMatching("signature by [0-9A-F]{1,16}: signature made by unknown entity");
  }

  @Test
  void aSubkeySignsForItsPrimaryKeyUnlessItIsRevoked() throws Exception {
    gpg.run("--quick-gen-key", "owner", "ed25519", "cert", "never");
    String alone = gpg.certificate("owner");
    String fingerprint = fingerprint("owner");
    gpg.run("--quick-add-key", fingerprint, "rsa2048", "sign", "never");
    String armour = gpg.sign(file, "owner");
    verify(armour, gpg.certificate("owner"));
    assertThatThrownBy(() -> verify(armour, alone)).hasMessageContaining("unknown entity");
    Path answers = Files.writeString(folder.resolve("answers"), "key 1\nrevkey\ny\n1\n\ny\nsave\n");
    gpg.run("--no-batch", "--command-file", answers.toString(), "--edit-key", fingerprint);
    assertThatThrownBy(() -> verify(armour, gpg.certificate("owner")))
        .hasMessageContaining("signature made by revoked key");
  }

  @Test
  void aSubkeyThatDoesNotAgreeMakesTheCertificateWorthless() throws Exception {
    gpg.key("victim", "ed25519");
    gpg.run("--quick-add-key", fingerprint("victim"), "rsa2048", "sign", "never");
    String armour = gpg.sign(file, "victim");
    String certificate = gpg.certificate("victim");
    // The last packet is the subkey's binding; a bit of what it says of the key changes.
    byte[] bytes = java.util.Base64.getMimeDecoder().decode(body(certificate));
    bytes[bytes.length - 2] ^= 1;
    String forged =
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n"
            + java.util.Base64.getMimeEncoder().encodeToString(bytes)
            + "\n-----END PGP PUBLIC KEY BLOCK-----\n";
    assertThatThrownBy(() -> verify(armour, forged))
        .isInstanceOf(BadSignatureException.class)
        .hasMessageContaining("subkey signature invalid");
  }

  private static String body(String armour) {
    String text = armour.substring(armour.indexOf("\n\n") + 2, armour.lastIndexOf("\n="));
    return text.strip();
  }

  @Test
  void aKeyThatHasExpiredCountsUnlessItIsToBeRejected() throws Exception {
    gpg.run(
        "--faked-system-time",
        "20200101T000000",
        "--quick-gen-key",
        "old",
        "ed25519",
        "cert,sign",
        "1y");
    String armour = gpg.sign(file, "old", IN_2020);
    String key = gpg.certificate("old");
    verify(MESSAGE, armour, key, false);
    assertThatThrownBy(() -> verify(MESSAGE, armour, key, true))
        .hasMessageContaining("key expired");
  }

  @Test
  void aSignatureThatHasExpiredIsTreatedAlike() throws Exception {
    String key = gpg.key("old", "ed25519", "--faked-system-time", "20200101T000000");
    String armour =
        gpg.sign(
            file, "old", "--faked-system-time", "20200601T000000", "--default-sig-expire", "1m");
    verify(MESSAGE, armour, key, false);
    assertThatThrownBy(() -> verify(MESSAGE, armour, key, true))
        .hasMessageContaining("signature expired");
  }

  @Test
  void aKeyThatWasRevokedNeverCounts() throws Exception {
    gpg.key("gone", "ed25519", "--faked-system-time", "20200101T000000");
    String armour = gpg.sign(file, "gone", IN_2020);
    Path revocation = folder.resolve("revocation");
    Path answers = Files.writeString(folder.resolve("answers"), "y\n3\nlost it\n\ny\n");
    gpg.run(
        "--no-batch",
        "--command-file",
        answers.toString(),
        "--output",
        revocation.toString(),
        "--gen-revoke",
        "gone");
    gpg.run("--import", revocation.toString());
    String key = gpg.certificate("gone");
    assertThatThrownBy(() -> verify(MESSAGE, armour, key, false))
        .hasMessageContaining("key revoked: lost it");
    assertThatThrownBy(() -> verify(MESSAGE, armour, key, true))
        .hasMessageContaining("signature made by revoked key");
  }

  @Test
  void weakHashesAndKeysAreRejected() throws Exception {
    String key = gpg.key("signer", "rsa2048");
    String weak = gpg.sign(file, "signer", "--digest-algo", "SHA1", "--allow-weak-digest-algos");
    assertThatThrownBy(() -> verify(weak, key)).hasMessageContaining("rejecting weak/unknown hash");
    String old = gpg.key("dsa", "dsa2048");
    String dsa = gpg.sign(file, "dsa");
    assertThatThrownBy(() -> verify(dsa, old))
        .hasMessageContaining("rejecting unsupported pubkey algorithm");
    String small = gpg.key("small", "rsa1024");
    String armour = gpg.sign(file, "small", "--digest-algo", "SHA256");
    assertThatThrownBy(() -> verify(armour, small))
        .hasMessageContaining("RSA key too short: 1024 bits");
  }

  @Test
  void textIsSignedWithoutRegardToLineEnds() throws Exception {
    String key = gpg.key("signer", "ed25519");
    String armour = gpg.sign(file, "signer", "--textmode");
    verify("a message\r\n", armour, key, true);
  }

  @Test
  void whatIsNeitherKeyNorSignatureIsNamed() throws Exception {
    String key = gpg.key("signer", "ed25519");
    String armour = gpg.sign(file, "signer");
    assertThatThrownBy(() -> verify(armour, ""))
        .hasMessage("failed to read armored public key: no armored data found");
    assertThatThrownBy(() -> verify(armour, armour))
        .hasMessageContaining("expected public or private key block, got: ");
    assertThatThrownBy(() -> PgpSignature.parse(key)).hasMessage("no signature packet found");
    assertThatThrownBy(() -> PgpSignature.parse("x")).isInstanceOf(BadSignatureException.class);
    for (int cut = 40; cut < armour.length() / 2; cut += 17) {
      String part = armour.substring(0, cut);
      assertThatThrownBy(() -> verify(part, key)).isInstanceOf(BadSignatureException.class);
    }
    assertThat(PgpSignature.parse(armour)).isNotNull();
  }

  private String fingerprint(String name) throws Exception {
    return gpg.run("--with-colons", "--list-keys", name)
        .lines()
        .filter(line -> line.startsWith("fpr:"))
        .findFirst()
        .orElseThrow()
        .split(":")[9];
  }
}
