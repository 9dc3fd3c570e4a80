package dev.obdbuild.builder.progress;

/** How a build shows what it does. */
public enum ProgressMode {
  /** {@link #TTY} on a terminal, {@link #PLAIN} elsewhere. */
  AUTO,
  /** Numbered lines, none of them ever changed. */
  PLAIN,
  /** A live view that is redrawn. */
  TTY,
  /** One JSON object per line, as BuildKit's clients write it. */
  RAWJSON,
  /** Nothing. */
  QUIET
}
