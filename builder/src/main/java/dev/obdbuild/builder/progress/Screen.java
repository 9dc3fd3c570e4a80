package dev.obdbuild.builder.progress;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Where progress goes.
 *
 * @param out the stream; not closed
 * @param isTerminal whether it is one, so that lines can be changed
 * @param colour whether colours may be used
 * @param size asks for the current width and height
 */
public record Screen(PrintStream out, boolean isTerminal, boolean colour, Supplier<Size> size) {

  private static final Size FALLBACK = new Size(80, 24);

  /** Columns and rows of a terminal. */
  public record Size(int columns, int rows) {

    /** Reads what {@code stty size} prints: rows, then columns. */
    static Optional<Size> parse(String text) {
      String[] parts = text.strip().split(" ");
      try {
        Size size = new Size(Integer.parseInt(parts[1]), Integer.parseInt(parts[0]));
        return size.columns > 0 && size.rows > 0 ? Optional.of(size) : Optional.empty();
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        return Optional.empty();
      }
    }
  }

  /**
   * Standard error of this process.
   *
   * @param isTerminal whether it is a terminal, which the launcher has found out
   */
  public static Screen standardError(boolean isTerminal) {
    boolean colour =
        isTerminal && Optional.ofNullable(System.getenv("NO_COLOR")).orElse("").isEmpty();
    return new Screen(System.err, isTerminal, colour, Screen::askTerminal);
  }

  /** The size of the terminal that is standard error, by the tool that every system has. */
  private static Size askTerminal() {
    try {
      Process stty =
          new ProcessBuilder("stty", "-F", "/dev/stderr", "size")
              .redirectInput(ProcessBuilder.Redirect.INHERIT)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String printed = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return stty.waitFor(1, TimeUnit.SECONDS) && stty.exitValue() == 0
          ? Size.parse(printed).orElse(FALLBACK)
          : FALLBACK;
    } catch (IOException e) {
      return FALLBACK;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return FALLBACK;
    }
  }
}
