package dev.obdbuild.worker.file;

/**
 * A symbolic mode as {@code --chmod} takes it ({@code u=rwX,go=rX}), with the umask taken as 0:
 * without a {@code u}, {@code g}, {@code o} or {@code a} all three are meant.
 */
final class ModeText {
  private static final int SETUID = 04000;
  private static final int SETGID = 02000;
  private static final int STICKY = 01000;
  private static final int USER = SETUID | 0700;
  private static final int GROUP = SETGID | 0070;
  private static final int OTHER = 0007;
  private static final int ALL = USER | GROUP | OTHER;

  private final String text;

  private ModeText(String text) {
    this.text = text;
  }

  /**
   * @throws IllegalArgumentException naming the text when it cannot be understood
   */
  static ModeText parse(String text) {
    ModeText mode = new ModeText(text);
    mode.apply(0, false);
    return mode;
  }

  private IllegalArgumentException bad() {
    return new IllegalArgumentException("invalid chmod parameter: '" + text + "'");
  }

  /** What {@code permissions} (twelve bits) become. */
  int apply(int permissions, boolean directory) {
    if (text.matches("0*[0-7]{1,4}")) {
      return Integer.parseInt(text, 8);
    }
    int now = permissions;
    for (String clause : text.split(",", -1)) {
      int at = 0;
      int who = 0;
      while (at < clause.length() && "ugoa".indexOf(clause.charAt(at)) >= 0) {
        who |=
            switch (clause.charAt(at++)) {
              case 'u' -> USER;
              case 'g' -> GROUP;
              case 'o' -> OTHER;
              default -> ALL;
            };
      }
      if (at == clause.length()) {
        throw bad();
      }
      while (at < clause.length()) {
        char op = clause.charAt(at++);
        if ("+-=".indexOf(op) < 0) {
          throw bad();
        }
        int end = at;
        while (end < clause.length() && "+-=".indexOf(clause.charAt(end)) < 0) {
          end++;
        }
        now = change(now, permissions, directory, who, op, clause.substring(at, end));
        at = end;
      }
    }
    return now;
  }

  private int change(int now, int original, boolean directory, int who, char op, String letters) {
    boolean special = who == 0 || (who & ~OTHER) != 0;
    boolean executable = directory || (original & 0111) != 0;
    int mask = who == 0 ? ALL : who;
    int bits = 0;
    boolean searchable = false;
    boolean cleared = false;
    int mode = now;
    for (char letter : letters.toCharArray()) {
      switch (letter) {
        case 'r' -> bits |= 0444;
        case 'w' -> bits |= 0222;
        case 'x' -> bits |= 0111;
        case 'X' -> {
          bits |= op == '-' ? 0111 : 0;
          searchable |= op != '-' && executable;
        }
        case 's' -> bits |= special ? SETUID | SETGID : 0;
        case 't' -> {
          if (special) {
            // Without a class nothing but the sticky bit is changed then, as BuildKit has it.
            mask = (who == 0 ? 0 : mask) | STICKY;
            bits |= STICKY;
          }
        }
        case 'u', 'g', 'o' -> {
          mode = bits == 0 ? mode : combined(mode, mask, op, bits);
          mode |= searchable ? 0111 & mask : 0;
          bits = 0;
          searchable = false;
          cleared = true;
          int copied = (mode >> (letter == 'u' ? 6 : letter == 'g' ? 3 : 0) & 0007) * 0111;
          // Copying sets permissions only: set-id and sticky bits stay as they are.
          mode = combined(mode, mask & 0777, op, copied);
        }
        default -> throw bad();
      }
    }
    if (bits != 0 || (op == '=' && !cleared)) {
      mode = combined(mode, mask, op, bits);
    }
    return searchable ? mode | (0111 & mask) : mode;
  }

  private static int combined(int mode, int mask, char op, int bits) {
    return switch (op) {
      case '+' -> mode | (bits & mask);
      case '-' -> mode & ~(bits & mask);
      default -> (mode & ~mask) | (bits & mask);
    };
  }
}
