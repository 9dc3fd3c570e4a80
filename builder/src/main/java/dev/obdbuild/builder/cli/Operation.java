package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.BuildFailedException;
import dev.obdbuild.builder.Engine;
import dev.obdbuild.builder.config.HostOptions;
import dev.obdbuild.builder.progress.Display;
import dev.obdbuild.builder.progress.ProgressMode;
import dev.obdbuild.builder.progress.Screen;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.progress.ProgressSink;

/** A long piece of work with progress, an end that can be forced by Ctrl-C, and a last line. */
final class Operation {

  private Operation() {}

  /** The work itself. */
  @FunctionalInterface
  interface Work {
    Report perform(Engine engine, ProgressSink sink, Cancellation cancellation) throws Exception;
  }

  /**
   * What is left to say when the work is done.
   *
   * @param id what {@code --quiet} prints
   * @param summary the last line
   */
  record Report(String id, String summary) {}

  static int run(ProgressMode mode, HostOptions host, Work work) throws Exception {
    Report report;
    try (Interruption interruption = Interruption.listen();
        Display display = Display.open(mode, Screen.standardError(Terminals.isStandardError()))) {
      report = perform(host, work, display, interruption.cancellation());
    } catch (BuildFailedException e) {
      e.excerpt().ifPresent(System.err::println);
      System.err.println("error: failed to solve: " + e.getMessage());
      Failures.trace(e);
      throw new ReportedException(ExitCode.FAILED);
    }
    switch (mode) {
      case QUIET -> System.out.println(report.id());
      case RAWJSON -> {}
      default -> System.err.println(report.summary());
    }
    return ExitCode.SUCCESS;
  }

  private static Report perform(
      HostOptions host, Work work, Display display, Cancellation cancellation) throws Exception {
    try (Engine engine = Session.open(host)) {
      return work.perform(engine, display, cancellation);
    }
  }
}
