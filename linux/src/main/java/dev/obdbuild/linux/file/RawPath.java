package dev.obdbuild.linux.file;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A file name or path as Linux has it: bytes without NUL, in no particular encoding. The bytes are
 * kept one per character (ISO-8859-1) in {@code latin1}, so that names which are not UTF-8 survive
 * and compare as bytes. {@link #text()} decodes for people and for patterns; it must not be turned
 * back into a path.
 */
public record RawPath(String latin1) implements Comparable<RawPath> {
  /** The empty path: the root itself. */
  public static final RawPath EMPTY = new RawPath("");

  public RawPath {
    if (latin1.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "a path cannot hold a NUL byte: " + latin1.replace('\0', '?'));
    }
  }

  /** The path that {@code text} names when encoded as UTF-8. */
  public static RawPath of(String text) {
    return ofBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The path of exactly these bytes. */
  public static RawPath ofBytes(byte[] bytes) {
    return new RawPath(new String(bytes, StandardCharsets.ISO_8859_1));
  }

  /** The path's bytes. */
  public byte[] bytes() {
    return latin1.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The path decoded as UTF-8; bytes that are not UTF-8 become U+FFFD. */
  public String text() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  /** True for the root itself. */
  public boolean isEmpty() {
    return latin1.isEmpty();
  }

  /**
   * This path made relative to its root by the letter: no leading, trailing or double slash, no
   * {@code .}, and {@code ..} taken back without ever leaving the root.
   */
  public RawPath clean() {
    if (isClean()) {
      return this;
    }
    Deque<String> kept = new ArrayDeque<>();
    for (String part : latin1.split("/", -1)) {
      if (part.equals("..")) {
        kept.pollLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        kept.addLast(part);
      }
    }
    return new RawPath(String.join("/", kept));
  }

  private boolean isClean() {
    int length = latin1.length();
    int start = 0;
    while (start < length) {
      int end = latin1.indexOf('/', start);
      end = end < 0 ? length : end;
      int size = end - start;
      boolean dots =
          size > 0 && size <= 2 && latin1.charAt(start) == '.' && latin1.charAt(end - 1) == '.';
      if (size == 0 || dots || end == length - 1) {
        return false;
      }
      start = end + 1;
    }
    return true;
  }

  /** The last component of a clean path; empty for the root. */
  public RawPath name() {
    int slash = latin1.lastIndexOf('/');
    return slash < 0 ? this : new RawPath(latin1.substring(slash + 1));
  }

  /** All but the last component of a clean path; empty for the root and its children. */
  public RawPath parent() {
    int slash = latin1.lastIndexOf('/');
    return slash < 0 ? EMPTY : new RawPath(latin1.substring(0, slash));
  }

  /** This path with {@code name} below it. */
  public RawPath child(RawPath name) {
    if (latin1.isEmpty()) {
      return name;
    }
    return name.isEmpty() ? this : new RawPath(latin1 + "/" + name.latin1);
  }

  /** The components of a clean path, none for the root. */
  public List<RawPath> components() {
    List<RawPath> parts = new ArrayList<>();
    for (String part : latin1.split("/")) {
      if (!part.isEmpty()) {
        parts.add(new RawPath(part));
      }
    }
    return parts;
  }

  /** True when this path is {@code ancestor} or lies below it; both clean. */
  public boolean isWithin(RawPath ancestor) {
    return ancestor.isEmpty()
        || latin1.equals(ancestor.latin1)
        || (latin1.startsWith(ancestor.latin1) && latin1.charAt(ancestor.latin1.length()) == '/');
  }

  /** By bytes, as {@code LC_ALL=C sort} orders. */
  @Override
  public int compareTo(RawPath other) {
    return latin1.compareTo(other.latin1);
  }

  /** As {@link #text()}, for messages. */
  @Override
  public String toString() {
    return text();
  }
}
