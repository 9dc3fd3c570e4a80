package dev.obdbuild.linux.mount;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * One line of mountinfo. {@code root} is the part of the filesystem that is shown, {@code options}
 * are of the mount, {@code superOptions} of the filesystem; {@code major} and {@code minor} are its
 * device's.
 */
public record MountPoint(
    int id,
    int parent,
    int major,
    int minor,
    String root,
    Path target,
    List<String> options,
    String type,
    String source,
    List<String> superOptions) {

  /** Whether this mount, or the filesystem itself, is read-only. */
  public boolean readOnly() {
    return options.contains("ro") || superOptions.contains("ro");
  }

  static MountPoint parse(String line) throws IOException {
    String[] halves = line.split(" - ", 2);
    String[] left = halves[0].split(" ");
    String[] right = halves.length == 2 ? halves[1].split(" ") : new String[0];
    if (left.length < 6 || right.length < 2) {
      throw new IOException("mountinfo line not understood: " + line);
    }
    int colon = left[2].indexOf(':');
    try {
      return new MountPoint(
          Integer.parseInt(left[0]),
          Integer.parseInt(left[1]),
          Integer.parseInt(left[2].substring(0, colon)),
          Integer.parseInt(left[2].substring(colon + 1)),
          unescape(left[3]),
          Path.of(unescape(left[4])),
          Arrays.asList(left[5].split(",")),
          right[0],
          unescape(right[1]),
          right.length > 2 ? Arrays.asList(right[2].split(",")) : List.of());
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new IOException("mountinfo line not understood: " + line, e);
    }
  }

  /** Space, tab, newline, backslash and # come as three octal digits behind a backslash. */
  private static String unescape(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    byte[] in = text.getBytes(StandardCharsets.UTF_8);
    byte[] out = new byte[in.length];
    int length = 0;
    for (int i = 0; i < in.length; i++) {
      if (in[i] == '\\' && i + 3 < in.length) {
        out[length++] =
            (byte) ((in[i + 1] - '0') << 6 | (in[i + 2] - '0') << 3 | (in[i + 3] - '0'));
        i += 3;
      } else {
        out[length++] = in[i];
      }
    }
    return new String(out, 0, length, StandardCharsets.UTF_8);
  }
}
