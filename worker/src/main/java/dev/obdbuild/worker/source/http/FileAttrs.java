package dev.obdbuild.worker.source.http;

import dev.obdbuild.llb.SourceAttr;
import dev.obdbuild.llb.SourceOp;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How the file looks that a source is.
 *
 * @param filename name to give it; empty for the one that the source itself has
 * @param permissions the low twelve bits of its mode
 */
public record FileAttrs(String filename, int permissions, int uid, int gid) {

  private static final int DEFAULT_PERMISSIONS = 0600;
  private static final int PERMISSION_BITS = 07777;

  /**
   * What a graph's source says.
   *
   * @throws IOException naming the attribute that makes no sense
   */
  public static FileAttrs of(SourceOp op) throws IOException {
    int permissions = number(op, SourceAttr.HTTP_PERM, PERMISSION_BITS);
    return new FileAttrs(
        op.attrs().getOrDefault(SourceAttr.HTTP_FILENAME, ""),
        permissions == 0 ? DEFAULT_PERMISSIONS : permissions,
        number(op, SourceAttr.HTTP_UID, Integer.MAX_VALUE),
        number(op, SourceAttr.HTTP_GID, Integer.MAX_VALUE));
  }

  /** The name it gets; {@code otherwise} if the source says none. One component only. */
  public String nameOr(String otherwise) {
    return filename.isEmpty() ? otherwise : FileName.safe(filename);
  }

  /** A number in Go's notation: decimal, {@code 0x…}, {@code 0o…} or {@code 0…}. */
  private static int number(SourceOp op, String attribute, int most) throws IOException {
    String text = op.attrs().getOrDefault(attribute, "");
    if (text.isEmpty()) {
      return 0;
    }
    try {
      String lower = text.toLowerCase(Locale.ROOT);
      long value =
          lower.startsWith("0o") ? Long.parseLong(lower.substring(2), 8) : Long.decode(lower);
      if (value >= 0 && value <= most) {
        return (int) value;
      }
    } catch (NumberFormatException e) {
      throw notANumber(op, attribute, text, e);
    }
    throw notANumber(op, attribute, text, null);
  }

  private static IOException notANumber(
      SourceOp op, String attribute, String text, @Nullable Throwable why) {
    return new IOException(
        HttpSource.shown(op.identifier())
            + ": attribute "
            + attribute
            + " is out of range: "
            + text,
        why);
  }
}
