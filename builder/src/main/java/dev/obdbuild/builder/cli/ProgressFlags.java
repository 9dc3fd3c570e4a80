package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.progress.ProgressMode;
import picocli.CommandLine.Option;

/** How a command shows what it does. */
final class ProgressFlags {

  @Option(
      names = "--progress",
      paramLabel = "MODE",
      description =
          "auto, plain, tty, rawjson or quiet (default auto: tty on a terminal, else plain).")
  private ProgressMode progress = ProgressMode.AUTO;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print nothing but the image's id.")
  private boolean quiet;

  ProgressMode mode() {
    return quiet ? ProgressMode.QUIET : progress;
  }
}
