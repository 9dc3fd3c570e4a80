package dev.obdbuild.worker.signature;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads the fields of RFC 4251, section 5; what is too short fails by name. */
final class SshBytes {

  private final ByteBuffer left;
  private final String what;

  /**
   * @param what is named when it is malformed
   */
  SshBytes(byte[] bytes, String what) {
    this.left = ByteBuffer.wrap(bytes);
    this.what = what;
  }

  byte[] fixed(int length) throws BadSignatureException {
    if (length < 0 || length > left.remaining()) {
      throw new BadSignatureException(
          "%s is malformed: a field of %d bytes where %d are left"
              .formatted(what, Integer.toUnsignedLong(length), left.remaining()));
    }
    byte[] field = new byte[length];
    left.get(field);
    return field;
  }

  int number() throws BadSignatureException {
    return ByteBuffer.wrap(fixed(Integer.BYTES)).getInt();
  }

  byte[] string() throws BadSignatureException {
    return fixed(number());
  }

  String text() throws BadSignatureException {
    return new String(string(), StandardCharsets.UTF_8);
  }

  void end() throws BadSignatureException {
    if (left.hasRemaining()) {
      throw new BadSignatureException(
          what + " is malformed: " + left.remaining() + " bytes too many");
    }
  }

  /** Writes the same fields. */
  static byte[] strings(byte[]... fields) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] field : fields) {
      all.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(field.length).array());
      all.writeBytes(field);
    }
    return all.toByteArray();
  }
}
