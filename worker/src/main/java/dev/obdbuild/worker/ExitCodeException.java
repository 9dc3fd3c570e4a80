package dev.obdbuild.worker;

import dev.obdbuild.oci.json.GoQuote;
import java.io.IOException;
import java.util.List;

/** The process of a step ended with a code that does not count as success. */
public final class ExitCodeException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int code;

  ExitCodeException(List<String> args, int code) {
    this(args, code, "");
  }

  /**
   * A process that ended so.
   *
   * @param hint what is known of why, behind BuildKit's words; may be empty
   */
  ExitCodeException(List<String> args, int code, String hint) {
    super(failed(args) + ": exit code: " + code + (hint.isEmpty() ? "" : ": " + hint));
    this.code = code;
  }

  /** The exit code; 128 + n when signal n ended the process. */
  public int code() {
    return code;
  }

  /** BuildKit's words for a process that failed; what follows says why. */
  static String failed(List<String> args) {
    // One line, whatever the command is: quotes and line ends are escaped.
    return "process " + GoQuote.quote(String.join(" ", args)) + " did not complete successfully";
  }
}
