package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.HostException;
import dev.obdbuild.builder.InterruptedBuildException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Turns what went wrong into one clear line and an exit code. */
final class Failures {

  private static final String TRACE_VARIABLE = "OBD_TRACE";

  private Failures() {}

  /** A command line that cannot be understood. */
  static int usage(ParameterException e, String[] args) {
    CommandLine line = e.getCommandLine();
    PrintWriter err = line.getErr();
    err.println(line.getCommandSpec().root().name() + ": " + e.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
    err.println("Try '" + line.getCommandSpec().qualifiedName() + " --help'.");
    err.flush();
    return ExitCode.USAGE;
  }

  /** Anything that a command throws. */
  static int execution(Exception e, CommandLine line, ParseResult result) {
    PrintWriter err = line.getErr();
    trace(e);
    int code =
        switch (e) {
          case HostException host -> report(err, text(host), ExitCode.HOST);
          case InterruptedBuildException i -> report(err, text(i), ExitCode.INTERRUPTED);
          case InterruptedException i -> report(err, "interrupted", ExitCode.INTERRUPTED);
          case CancellationException c -> report(err, "interrupted", ExitCode.INTERRUPTED);
          case ReportedException r -> r.exitCode();
          case IOException io -> report(err, text(io), ExitCode.FAILED);
          case IllegalArgumentException bad -> report(err, text(bad), ExitCode.USAGE);
          default -> {
            e.printStackTrace(err);
            yield report(err, "internal error: " + e, ExitCode.FAILED);
          }
        };
    err.flush();
    return code;
  }

  /** Prints where a failure comes from, for whoever asked for it by OBD_TRACE. */
  static void trace(Exception e) {
    if (Optional.ofNullable(System.getenv(TRACE_VARIABLE)).isPresent()) {
      e.printStackTrace();
    }
  }

  private static int report(PrintWriter err, String message, int code) {
    err.println("error: " + message);
    return code;
  }

  private static String text(Exception e) {
    String message = Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName());
    return switch (e) {
      case NoSuchFileException missing -> message + ": no such file or folder";
      case NotDirectoryException file -> message + " is not a folder";
      default -> message;
    };
  }
}
