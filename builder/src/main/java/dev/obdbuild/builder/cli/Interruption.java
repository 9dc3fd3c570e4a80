package dev.obdbuild.builder.cli;

import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.CancellationSource;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Ctrl-C and SIGTERM while a command works: the first cancels the work, which then undoes itself;
 * the second ends the process at once.
 */
final class Interruption implements AutoCloseable {

  private static final Signal INTERRUPT = new Signal("INT");
  private static final Signal TERMINATE = new Signal("TERM");

  private final CancellationSource source = new CancellationSource();
  private final SignalHandler before;
  private final SignalHandler terminateBefore;

  private Interruption() {
    before = Signal.handle(INTERRUPT, this::take);
    terminateBefore = Signal.handle(TERMINATE, this::take);
  }

  /** Listens until closed. */
  static Interruption listen() {
    return new Interruption();
  }

  Cancellation cancellation() {
    return source;
  }

  private void take(Signal signal) {
    if (source.isCancelled()) {
      Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
    }
    System.err.println("interrupted: cleaning up (once more to give up at once)");
    // Not on the signal's thread: cancelling may take a while, and the second signal must get
    // through.
    Thread.ofPlatform().name("cancel").daemon(true).start(source::cancel);
  }

  @Override
  public void close() {
    Signal.handle(INTERRUPT, before);
    Signal.handle(TERMINATE, terminateBefore);
    source.close();
  }
}
