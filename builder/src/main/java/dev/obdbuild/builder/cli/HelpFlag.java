package dev.obdbuild.builder.cli;

import picocli.CommandLine.Option;

/** {@code --help} of a command. */
final class HelpFlag {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this text.")
  private boolean help;
}
