package dev.obdbuild.worker.signature;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.testkit.NeedsTool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signatures that ssh-keygen made, good and bad. */
@NeedsTool("ssh-keygen")
final class SshSignatureTest {

  private static final byte[] MESSAGE = bytes("a message\n");

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = Files.write(folder.resolve("file"), MESSAGE);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void verify(byte[] message, String armour, String keys) throws IOException {
    SshSignature.parse(armour).verify(message, "git", keys);
  }

  @ParameterizedTest
  @CsvSource({
    "ed25519,256",
    "ecdsa,256",
    "ecdsa,384",
    "ecdsa,521",
    "rsa,2048",
    "rsa,4096",
  })
  void aKeyOfEveryKindVerifiesWhatItSigned(String type, int bits) throws Exception {
    Path key = SshKeygen.key(folder.resolve("key"), type, bits);
    for (String hash : new String[] {"sha256", "sha512"}) {
      String armour = SshKeygen.sign(key, file, "git", "-O", "hashalg=" + hash);
      verify(MESSAGE, armour, SshKeygen.line(key));
      assertThatThrownBy(() -> verify(bytes("a massage\n"), armour, SshKeygen.line(key)))
          .isInstanceOf(BadSignatureException.class)
          .hasMessageStartingWith("failed to verify ssh signature");
    }
  }

  @Test
  void theKeyMayStandBehindCommentsAndOptions() throws Exception {
    Path key = SshKeygen.key(folder.resolve("key"), "ed25519", 256);
    String armour = SshKeygen.sign(key, file, "git");
    String line = SshKeygen.line(key);
    verify(MESSAGE, armour, "\n# a comment\n\n" + line);
    verify(MESSAGE, armour, "command=\"a \\\" b\",no-pty " + line);
    assertThatThrownBy(() -> verify(MESSAGE, armour, "# nothing\n"))
        .hasMessage("failed to parse ssh public key: ssh: no key found");
  }

  @Test
  void anotherKeyOrNamespaceProvesNothing() throws Exception {
    Path one = SshKeygen.key(folder.resolve("one"), "ed25519", 256);
    Path other = SshKeygen.key(folder.resolve("other"), "ed25519", 256);
    String armour = SshKeygen.sign(one, file, "git");
    assertThatThrownBy(() -> verify(MESSAGE, armour, SshKeygen.line(other)))
        .hasMessage("failed to verify ssh signature: public key does not match");
    String forFiles = SshKeygen.sign(one, file, "file");
    assertThatThrownBy(() -> verify(MESSAGE, forFiles, SshKeygen.line(one)))
        .hasMessage("unexpected SSH signature namespace: \"file\"");
  }

  @Test
  void everyBitOfASignatureCounts() throws Exception {
    Path key = SshKeygen.key(folder.resolve("key"), "ecdsa", 256);
    String armour = SshKeygen.sign(key, file, "git");
    String line = SshKeygen.line(key);
    byte[] blob =
        Base64.getMimeDecoder()
            .decode(armour.lines().filter(it -> !it.startsWith("-")).reduce("", String::concat));
    for (int i = 0; i < blob.length; i++) {
      byte[] changed = blob.clone();
      changed[i] ^= 1;
      assertThatThrownBy(() -> verify(MESSAGE, armour(changed), line))
          .as("byte %d", i)
          .isInstanceOf(BadSignatureException.class);
      byte[] cut = Arrays.copyOf(blob, i);
      assertThatThrownBy(() -> verify(MESSAGE, armour(cut), line))
          .as("%d bytes", i)
          .isInstanceOf(BadSignatureException.class);
    }
  }

  private static String armour(byte[] blob) {
    return SshSignature.BEGIN
        + "\n"
        + Base64.getMimeEncoder(70, bytes("\n")).encodeToString(blob)
        + "\n-----END SSH SIGNATURE-----\n";
  }

  /** What a token's key signs is not what other keys sign; here the JDK is the token. */
  @Test
  void aKeyOnATokenSignsItsFlagsAndCounterToo() throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    byte[] encoded = pair.getPublic().getEncoded();
    byte[] type = bytes("sk-ssh-ed25519@openssh.com");
    byte[] point = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
    byte[] key = SshBytes.strings(type, point, bytes("ssh:"));
    byte[] flags = ByteBuffer.allocate(5).put((byte) 1).putInt(7).array();
    byte[] message =
        join(
            bytes("SSHSIG"),
            SshBytes.strings(bytes("git"), new byte[0], bytes("sha512"), hash("SHA-512", MESSAGE)));
    Signature signer = Signature.getInstance("Ed25519");
    signer.initSign(pair.getPrivate());
    signer.update(join(hash("SHA-256", bytes("ssh:")), flags, hash("SHA-256", message)));
    byte[] signature = join(SshBytes.strings(type, signer.sign()), flags);
    byte[] blob =
        join(
            bytes("SSHSIG"),
            new byte[] {0, 0, 0, 1},
            SshBytes.strings(key, bytes("git"), new byte[0], bytes("sha512"), signature));
    String line = "sk-ssh-ed25519@openssh.com " + Base64.getEncoder().encodeToString(key);
    verify(MESSAGE, armour(blob), line);
    blob[blob.length - 1] ^= 1;
    assertThatThrownBy(() -> verify(MESSAGE, armour(blob), line))
        .hasMessageStartingWith("failed to verify ssh signature");
  }

  private static byte[] hash(String algorithm, byte[] bytes) throws GeneralSecurityException {
    return MessageDigest.getInstance(algorithm).digest(bytes);
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
