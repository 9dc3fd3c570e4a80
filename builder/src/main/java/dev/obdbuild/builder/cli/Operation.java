package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.BuildFailedException;
import dev.obdbuild.builder.Engine;
import dev.obdbuild.builder.config.BuildOptions;
import dev.obdbuild.builder.config.HostOptions;
import dev.obdbuild.builder.progress.Display;
import dev.obdbuild.builder.progress.ProgressMode;
import dev.obdbuild.builder.progress.Screen;
import dev.obdbuild.builder.request.BuildRequest;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.progress.ProgressSink;
import java.util.SortedMap;

/** A long piece of work with progress, an end that can be forced by Ctrl-C, and a last line. */
final class Operation {

  private Operation() {}

  /** Work that yields something. */
  @FunctionalInterface
  interface Work<T> {
    T perform(ProgressSink sink, Cancellation cancellation) throws Exception;
  }

  /** Work on an engine of this process. */
  @FunctionalInterface
  interface EngineWork {
    Report perform(Engine engine, ProgressSink sink, Cancellation cancellation) throws Exception;
  }

  /**
   * What is left to say when the work is done.
   *
   * @param id what {@code --quiet} prints; empty for nothing
   * @param summary the last line
   */
  record Report(String id, String summary) {}

  static int run(ProgressMode mode, HostOptions host, EngineWork work) throws Exception {
    return run(
        mode,
        (sink, cancellation) -> {
          try (Engine engine = Session.open(host)) {
            return work.perform(engine, sink, cancellation);
          }
        });
  }

  static int run(ProgressMode mode, Work<Report> work) throws Exception {
    Report report = shown(mode, work);
    switch (mode) {
      case QUIET -> {
        if (!report.id().isEmpty()) {
          System.out.println(report.id());
        }
      }
      case RAWJSON -> {}
      default -> System.err.println(report.summary());
    }
    return ExitCode.SUCCESS;
  }

  /** Asks a question about a Dockerfile and prints the answer. */
  static int ask(BuildOptions options, Builder builder, BuildRequest request) throws Exception {
    SortedMap<String, byte[]> answer =
        shown(options.progress(), (sink, cancellation) -> builder.ask(request, sink, cancellation));
    return new CallAnswer(options.call().orElseThrow(), answer).print(System.out, System.err);
  }

  private static <T> T shown(ProgressMode mode, Work<T> work) throws Exception {
    try (Interruption interruption = Interruption.listen();
        Display display = Display.open(mode, Screen.standardError(Terminals.isStandardError()))) {
      return work.perform(display, interruption.cancellation());
    } catch (BuildFailedException e) {
      e.excerpt().ifPresent(System.err::println);
      System.err.println("error: failed to solve: " + e.getMessage());
      Failures.trace(e);
      throw new ReportedException(ExitCode.FAILED);
    }
  }
}
