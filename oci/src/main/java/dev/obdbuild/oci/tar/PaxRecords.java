package dev.obdbuild.oci.tar;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The records of PAX headers in force: global ones with those of one entry on top. Values are
 * bytes.
 */
final class PaxRecords {
  static final String XATTR = "SCHILY.xattr.";
  private static final String SPARSE_OFFSET = "GNU.sparse.offset";
  private static final String SPARSE_BYTES = "GNU.sparse.numbytes";

  private final Map<String, byte[]> records = new LinkedHashMap<>();

  /** The pairs of sparse format 0.0, the only keys that may repeat. */
  private final List<String> sparsePairs = new ArrayList<>();

  private final TarInput in;

  PaxRecords(TarInput in) {
    this.in = in;
  }

  PaxRecords copy() {
    PaxRecords copy = new PaxRecords(in);
    copy.records.putAll(records);
    return copy;
  }

  /** Adds the records of one header, whose content starts at {@code offset} of the archive. */
  void parse(byte[] content, long offset) throws MalformedTarException {
    int at = 0;
    while (at < content.length) {
      int space = at;
      int length = 0;
      while (space < content.length
          && content[space] >= '0'
          && content[space] <= '9'
          && space - at < 9) {
        length = length * 10 + content[space++] - '0';
      }
      if (space == at || space >= content.length || content[space] != ' ') {
        throw in.malformed(offset + at, "a PAX record does not start with its length");
      }
      int end = at + length;
      if (length <= space - at + 1 || end > content.length || content[end - 1] != '\n') {
        throw in.malformed(
            offset + at,
            "a PAX record of length " + length + " does not end in a line break within its header");
      }
      int equals = space + 1;
      while (equals < end && content[equals] != '=') {
        equals++;
      }
      if (equals == end || equals == space + 1) {
        throw in.malformed(offset + at, "a PAX record has no key");
      }
      String key = new String(content, space + 1, equals - space - 1, StandardCharsets.ISO_8859_1);
      byte[] value = Arrays.copyOfRange(content, equals + 1, end - 1);
      put(key, value);
      at = end;
    }
  }

  private void put(String key, byte[] value) {
    if (key.equals(SPARSE_OFFSET) || key.equals(SPARSE_BYTES)) {
      sparsePairs.add(key.equals(SPARSE_OFFSET) ? "o" : "n");
      sparsePairs.add(new String(value, StandardCharsets.ISO_8859_1));
    } else if (value.length == 0 && !key.startsWith(XATTR)) {
      records.remove(key);
    } else {
      records.put(key, value);
    }
  }

  /** The offsets and lengths of sparse format 0.0 in order, as digits. */
  List<String> sparsePairs(long header) throws MalformedTarException {
    List<String> numbers = new ArrayList<>();
    for (int i = 0; i < sparsePairs.size(); i += 2) {
      if (!sparsePairs.get(i).equals(i / 2 % 2 == 0 ? "o" : "n")) {
        throw in.malformed(header, "the sparse map's offsets and lengths do not alternate");
      }
      numbers.add(sparsePairs.get(i + 1));
    }
    return numbers;
  }

  /** The value under {@code key}, one char per byte. */
  Optional<String> text(String key) {
    byte @Nullable [] value = records.get(key);
    return value == null
        ? Optional.empty()
        : Optional.of(new String(value, StandardCharsets.ISO_8859_1));
  }

  /** The decimal number under {@code key}, or {@code otherwise}. */
  long number(String key, long otherwise, long header) throws MalformedTarException {
    Optional<String> text = text(key);
    return text.isEmpty() ? otherwise : decimal(text.get(), key, header);
  }

  long decimal(String text, String what, long header) throws MalformedTarException {
    if (!text.matches("[0-9]{1,18}")) {
      throw in.malformed(header, what + " '" + shown(text) + "' is not a number below 10^18");
    }
    return Long.parseLong(text);
  }

  private static String shown(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "...";
  }

  Optional<TarTime> time(String key, long header) throws MalformedTarException {
    Optional<String> text = text(key);
    try {
      return text.map(TarTime::parse);
    } catch (IllegalArgumentException e) {
      throw in.malformed(header, key + ": " + shown(text.orElse("")) + " is not a time");
    }
  }

  Map<String, byte[]> xattrs() {
    Map<String, byte[]> xattrs = new LinkedHashMap<>();
    records.forEach(
        (key, value) -> {
          if (key.startsWith(XATTR) && key.length() > XATTR.length()) {
            xattrs.put(key.substring(XATTR.length()), value);
          }
        });
    return xattrs;
  }

  /** One record as bytes: its own length, a space, key, {@code =}, value, a line break. */
  static void write(String key, byte[] value, ByteArrayOutputStream out) {
    byte[] keyBytes = key.getBytes(StandardCharsets.ISO_8859_1);
    int rest = keyBytes.length + value.length + 3;
    int length = rest + Integer.toString(rest).length();
    if (rest + Integer.toString(length).length() != length) {
      length = rest + Integer.toString(length).length();
    }
    out.writeBytes((length + " ").getBytes(StandardCharsets.ISO_8859_1));
    out.writeBytes(keyBytes);
    out.write('=');
    out.writeBytes(value);
    out.write('\n');
  }
}
