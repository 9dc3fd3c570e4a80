package dev.obdbuild.worker.exec;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * By what an entry of {@code binfmt_misc} knows files: the bytes from an offset on, under a mask.
 *
 * @param offset in bytes, from the start of the file
 * @param mask as long as {@code magic}
 */
@SuppressWarnings("ArrayRecordComponent") // bytes compared one by one, never as values
record Pattern(int offset, byte[] magic, byte[] mask) {

  /**
   * That of an entry which is enabled and may be used inside containers (flag F).
   *
   * @param lines as the kernel shows the entry: {@code enabled}, {@code interpreter PATH}, {@code
   *     flags: LETTERS}, {@code offset N}, {@code magic HEX}, and where there is one {@code mask
   *     HEX}; one by file name has {@code extension .EXT} instead
   */
  static Optional<Pattern> of(List<String> lines) {
    Map<String, String> fields = new HashMap<>();
    for (String line : lines) {
      int blank = line.indexOf(' ');
      fields.put(blank < 0 ? line : line.substring(0, blank), line.substring(blank + 1).strip());
    }
    String magic = fields.get("magic");
    if (!fields.containsKey("enabled")
        || magic == null
        || !fields.getOrDefault("flags:", "").contains("F")) {
      return Optional.empty();
    }
    byte[] bytes = HexFormat.of().parseHex(magic);
    byte[] mask = new byte[bytes.length];
    Arrays.fill(mask, (byte) 0xff);
    if (fields.containsKey("mask")) {
      mask = HexFormat.of().parseHex(fields.get("mask"));
    }
    return Optional.of(new Pattern(Integer.parseInt(fields.get("offset")), bytes, mask));
  }

  /** Whether a file that starts so is known by it; what it asks of later bytes must not matter. */
  boolean matches(byte[] head) {
    for (int i = 0; i < magic.length; i++) {
      int at = offset + i;
      byte found = at < head.length ? head[at] : 0;
      if (((found ^ magic[i]) & mask[i]) != 0) {
        return false;
      }
    }
    return true;
  }
}
