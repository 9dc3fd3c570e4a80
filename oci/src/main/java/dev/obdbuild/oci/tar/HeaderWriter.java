package dev.obdbuild.oci.tar;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Fills one ustar header; what does not fit a field goes to the PAX records. */
final class HeaderWriter {
  private final byte[] block = new byte[TarInput.BLOCK];
  private final Map<String, byte[]> pax;

  HeaderWriter(Map<String, byte[]> pax) {
    this.pax = pax;
  }

  /** The name: in its field, split into prefix and name, or as a PAX record. */
  void name(String name) {
    if (name.length() <= 100) {
      put(0, name);
      return;
    }
    int slash = name.indexOf('/', name.length() - 101);
    if (slash > 0 && slash <= 155 && slash < name.length() - 1) {
      put(345, name.substring(0, slash));
      put(0, name.substring(slash + 1));
      return;
    }
    put(0, name.substring(0, 100));
    pax.put("path", name.getBytes(StandardCharsets.ISO_8859_1));
  }

  void text(int at, int length, String key, String text) {
    if (text.length() > length) {
      pax.put(key, text.getBytes(StandardCharsets.ISO_8859_1));
    }
    put(at, text.substring(0, Math.min(text.length(), length)));
  }

  void number(int at, int length, long max, String key, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(key + " " + value + " is negative");
    }
    if (value > max) {
      pax.put(key, Long.toString(value).getBytes(StandardCharsets.ISO_8859_1));
    }
    octal(at, length, value > max ? 0 : value);
  }

  void time(TarTime time, long max) {
    boolean fits = time.nanos() == 0 && time.seconds() >= 0 && time.seconds() <= max;
    if (!fits) {
      pax.put("mtime", time.format().getBytes(StandardCharsets.ISO_8859_1));
    }
    octal(136, 12, Math.clamp(time.seconds(), 0, max));
  }

  void octal(int at, int length, long value) {
    String digits = Long.toOctalString(value);
    if (digits.length() > length - 1) {
      throw new IllegalArgumentException(value + " does not fit a field of " + length + " bytes");
    }
    put(at, "0".repeat(length - 1 - digits.length()) + digits);
  }

  byte[] finish(char type) {
    block[156] = (byte) type;
    put(257, "ustar\00000");
    put(148, "        ");
    int sum = 0;
    for (byte b : block) {
      sum += b & 0xff;
    }
    put(148, String.format("%06o\0 ", sum));
    return block;
  }

  private void put(int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, block, at, bytes.length);
  }
}
