package dev.obdbuild.builder.progress;

import dev.obdbuild.solver.progress.ProgressEvent;
import dev.obdbuild.solver.progress.ProgressSink;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Shows the events of one build. Takes them from any thread without blocking and prints them on a
 * thread of its own, a few times a second. Closing prints what is left and ends the thread; does
 * not close the output.
 */
public final class Display implements ProgressSink, AutoCloseable {

  private static final long GATHER_MILLIS = 100;
  private static final long IDLE_MILLIS = 200;

  private final LinkedBlockingQueue<ProgressEvent> queue = new LinkedBlockingQueue<>();
  private final Renderer renderer;
  private final InstantSource clock;
  private final Thread thread;
  private volatile boolean closing;

  private Display(Renderer renderer, InstantSource clock) {
    this.renderer = renderer;
    this.clock = clock;
    this.thread = Thread.ofPlatform().name("progress").daemon(true).start(this::pump);
  }

  /** A display on a screen, in the form that the mode asks for. */
  public static Display open(ProgressMode mode, Screen screen) {
    Renderer renderer =
        switch (mode) {
          case AUTO -> screen.isTerminal() ? live(screen) : new PlainRenderer(screen.out());
          case PLAIN -> new PlainRenderer(screen.out());
          case TTY -> live(screen);
          case RAWJSON -> new JsonRenderer(screen.out());
          case QUIET -> new QuietRenderer(screen.out());
        };
    return new Display(renderer, InstantSource.system());
  }

  private static Renderer live(Screen screen) {
    return new LiveRenderer(screen);
  }

  @Override
  public void accept(ProgressEvent event) {
    queue.add(event);
  }

  private void pump() {
    List<ProgressEvent> batch = new ArrayList<>();
    try {
      while (!closing) {
        ProgressEvent first = queue.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          gather(batch);
        }
        renderer.update(batch, clock.instant());
        batch.clear();
      }
    } catch (InterruptedException e) {
      // The owner closes and does not want to wait until the moment is over.
      Thread.currentThread().interrupt();
    }
    queue.drainTo(batch);
    renderer.update(batch, clock.instant());
  }

  /** Waits a moment for more, so that a short step's news come out together. */
  private void gather(List<ProgressEvent> batch) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GATHER_MILLIS);
    for (long left = until - System.nanoTime(); left > 0 && !closing; ) {
      ProgressEvent next = queue.poll(left, TimeUnit.NANOSECONDS);
      if (next != null) {
        batch.add(next);
      }
      left = until - System.nanoTime();
    }
  }

  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    renderer.finish(clock.instant());
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
