package dev.obdbuild.llb.pattern;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list of patterns as .dockerignore, {@code --exclude} and {@code --parents} use them: a pattern
 * that matches a directory matches all below it, {@code !} takes back, the last line that matches
 * decides. Paths are relative to the tree's root, without leading slash. Immutable.
 */
public final class PathPatterns {
  private final List<Line> lines;
  private final boolean exceptions;

  private PathPatterns(List<Line> lines) {
    this.lines = List.copyOf(lines);
    this.exceptions = lines.stream().anyMatch(Line::negated);
  }

  /** What the lines said of a directory, handed on to its children. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Verdict(boolean matched, boolean @Nullable [] perLine) {
    /** For the children of the root: nothing is known of a parent. */
    public static final Verdict NONE = new Verdict(false, null);
  }

  private record Line(boolean negated, String text, Kind kind, @Nullable Glob glob) {
    boolean matches(String path) {
      return switch (kind) {
        case EXACT -> path.equals(text);
        case PREFIX -> path.startsWith(text);
        case SUFFIX ->
            path.endsWith(text) || (text.startsWith("/") && path.equals(text.substring(1)));
        case GLOB -> glob != null && glob.matches(path);
      };
    }

    /** Whether a path that matches may begin with {@code folder}, which ends with a slash. */
    boolean mayStartWith(String folder) {
      if (kind == Kind.SUFFIX || text.startsWith("/")) {
        return true;
      }
      int end = 0;
      while (end < text.length() && plain(text, end, end + 1)) {
        end++;
      }
      int common = Math.min(end, folder.length());
      return text.regionMatches(0, folder, 0, common);
    }
  }

  private enum Kind {
    EXACT,
    PREFIX,
    SUFFIX,
    GLOB
  }

  /**
   * Reads the lines; blank ones count for nothing.
   *
   * @throws BadPatternException a lone {@code !} or a pattern with a syntax error
   */
  public static PathPatterns of(List<String> patterns) throws BadPatternException {
    List<Line> lines = new ArrayList<>();
    for (String pattern : patterns) {
      String text = pattern.strip();
      if (text.isEmpty()) {
        continue;
      }
      text = clean(text);
      boolean negated = text.charAt(0) == '!';
      if (negated) {
        text = text.substring(1);
        if (text.isEmpty()) {
          throw new BadPatternException("illegal exclusion pattern: \"!\"");
        }
      }
      lines.add(line(negated, text));
    }
    return new PathPatterns(lines);
  }

  private static Line line(boolean negated, String text) throws BadPatternException {
    Glob glob = Glob.recursive(text);
    int length = text.length();
    if (text.startsWith("**") && plain(text, 2, length)) {
      return new Line(negated, text.substring(2), Kind.SUFFIX, null);
    }
    if (text.endsWith("**") && plain(text, 0, length - 2)) {
      return new Line(negated, text.substring(0, length - 2), Kind.PREFIX, null);
    }
    return plain(text, 0, length)
        ? new Line(negated, text, Kind.EXACT, null)
        : new Line(negated, text, Kind.GLOB, glob);
  }

  private static boolean plain(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if ("*?[]\\".indexOf(text.charAt(i)) >= 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * A path without {@code .}, doubled slashes and {@code ..} where it can be taken back, by the
   * letter.
   */
  public static String clean(String path) {
    boolean rooted = path.startsWith("/");
    Deque<String> kept = new ArrayDeque<>();
    for (String part : path.split("/", -1)) {
      if (part.equals("..") && !kept.isEmpty() && !kept.getLast().equals("..")) {
        kept.removeLast();
      } else if (part.equals("..") ? !rooted : !part.isEmpty() && !part.equals(".")) {
        kept.addLast(part);
      }
    }
    String joined = (rooted ? "/" : "") + String.join("/", kept);
    return joined.isEmpty() ? "." : joined;
  }

  /** True when there is no pattern at all. */
  public boolean isEmpty() {
    return lines.isEmpty();
  }

  /**
   * True when some line begins with {@code !}, so that something below a matched directory may not
   * match.
   */
  public boolean hasExceptions() {
    return exceptions;
  }

  /**
   * False when nothing below the directory {@code path} can match, so that it need not be looked
   * into; what is above it is not asked.
   */
  public boolean mayMatchBelow(String path) {
    String below = path + "/";
    return lines.stream().anyMatch(line -> !line.negated() && line.mayStartWith(below));
  }

  /** Whether {@code path} matches, by itself or by one of the directories above it. */
  public boolean matches(String path) {
    return match(path, Verdict.NONE).matched();
  }

  /**
   * As {@link #matches}, for a walk: {@code parent} is what this method returned for the directory
   * of {@code path}. It is what BuildKit asks too; in lists where a line is shadowed by an earlier
   * one it may differ from {@link #matches}.
   */
  public Verdict match(String path, Verdict parent) {
    boolean[] above = parent.perLine();
    boolean[] now = new boolean[lines.size()];
    boolean matched = false;
    for (int i = 0; i < now.length; i++) {
      Line line = lines.get(i);
      boolean hit = above != null && above[i];
      if (!hit) {
        // A line that could only repeat what is already decided is not asked.
        if (line.negated() != matched) {
          continue;
        }
        hit = line.matches(path) || (above == null && matchesParent(line, path));
      }
      now[i] = hit;
      if (hit) {
        matched = !line.negated();
      }
    }
    return new Verdict(matched, now);
  }

  private static boolean matchesParent(Line line, String path) {
    for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      if (line.matches(path.substring(0, slash))) {
        return true;
      }
    }
    return false;
  }
}
