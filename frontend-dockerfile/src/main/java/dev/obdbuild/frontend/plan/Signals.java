package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import java.util.Locale;
import java.util.Set;

/** The signals of Linux, by name. */
final class Signals {
  private static final Set<String> NAMES =
      Set.of(
          "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT",
          "KILL", "PIPE", "POLL", "PROF", "PWR", "QUIT", "RTMAX", "RTMIN", "SEGV", "STKFLT", "STOP",
          "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1", "USR2", "VTALRM", "WINCH",
          "XCPU", "XFSZ");

  private Signals() {}

  /**
   * @throws DockerfileException if {@code text} is no signal by number or name
   */
  static void check(String text) throws DockerfileException {
    boolean known;
    if (text.matches("[+-]?[0-9]{1,18}")) {
      known = Long.parseLong(text) != 0;
    } else {
      String name = text.toUpperCase(Locale.ROOT);
      name = name.startsWith("SIG") ? name.substring(3) : name;
      known =
          NAMES.contains(name)
              || name.matches("RTMIN\\+([1-9]|1[0-5])")
              || name.matches("RTMAX-([1-9]|1[0-4])");
    }
    if (!known) {
      throw new DockerfileException("invalid signal: " + text);
    }
  }
}
