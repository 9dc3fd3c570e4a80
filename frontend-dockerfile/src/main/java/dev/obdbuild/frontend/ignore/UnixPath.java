package dev.obdbuild.frontend.ignore;

import java.util.ArrayDeque;
import java.util.Deque;

/** Paths as text, by the rules of Go's {@code path} package; nothing is looked up. */
public final class UnixPath {
  private UnixPath() {}

  /** The shortest spelling of {@code path}: no {@code .}, no double slash, {@code ..} resolved. */
  public static String clean(String path) {
    if (path.isEmpty()) {
      return ".";
    }
    boolean rooted = path.startsWith("/");
    Deque<String> parts = new ArrayDeque<>();
    for (String part : path.split("/")) {
      switch (part) {
        case "", "." -> {}
        case ".." -> {
          if (!parts.isEmpty() && !parts.getLast().equals("..")) {
            parts.removeLast();
          } else if (!rooted) {
            parts.addLast(part);
          }
        }
        default -> parts.addLast(part);
      }
    }
    String joined = String.join("/", parts);
    return rooted ? "/" + joined : joined.isEmpty() ? "." : joined;
  }

  /** {@code path} below {@code dir}, cleaned; an absolute {@code path} does not leave it. */
  public static String join(String dir, String path) {
    if (path.isEmpty()) {
      return dir.isEmpty() ? "" : clean(dir);
    }
    return clean(dir.isEmpty() ? path : dir + "/" + path);
  }

  /** The last element; {@code .} for an empty path, {@code /} for a path of slashes. */
  public static String base(String path) {
    if (path.isEmpty()) {
      return ".";
    }
    int end = path.length();
    while (end > 0 && path.charAt(end - 1) == '/') {
      end--;
    }
    return end == 0 ? "/" : path.substring(path.lastIndexOf('/', end - 1) + 1, end);
  }

  /** All but the last element, cleaned. */
  public static String dir(String path) {
    return clean(path.substring(0, path.lastIndexOf('/') + 1));
  }
}
