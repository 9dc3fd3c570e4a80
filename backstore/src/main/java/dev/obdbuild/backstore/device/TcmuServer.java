package dev.obdbuild.backstore.device;

import dev.obdbuild.backstore.scsi.Command;
import dev.obdbuild.backstore.scsi.DiskShape;
import dev.obdbuild.backstore.scsi.Sense;
import dev.obdbuild.backstore.tcmu.CommandRing;
import dev.obdbuild.backstore.tcmu.RingCommand;
import dev.obdbuild.backstore.tcmu.RingResponse;
import dev.obdbuild.linux.process.ProcessSettings;
import dev.obdbuild.linux.uio.UioMapping;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The threads that serve one device's ring. They take turns: one waits for a command and takes it,
 * and while it carries it out another waits for the next. When no other is left, a read that may
 * wait for a registry goes to the {@link FetchPool}, so writes and cached reads never queue behind
 * a fetch.
 *
 * <p>A read that may wait never touches the shared memory before it has won its command from {@link
 * #abort}: the kernel uses a completed command's memory for the next.
 */
final class TcmuServer {
  /** Bytes of finished commands that are worth telling the kernel of, though more are waiting. */
  private static final long BATCH = 128 << 10;

  private final UioMapping mapping;
  private final CommandRing ring;
  private final TcmuOperations operations;
  private final FetchPool<TransferBuffer> fetches;
  private final String name;
  private final Runnable lastResort;
  private final int count;
  private final List<Thread> threads = new ArrayList<>();
  private final ReentrantLock turn = new ReentrantLock();
  private final Map<Integer, RingCommand> waiting = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable Throwable> broken = new AtomicReference<>();
  private volatile boolean aborted;

  /**
   * @param mapping the device's memory; closed by {@link #end}
   * @param lastResort fails everything without this server's help, when it cannot go on
   */
  TcmuServer(
      UioMapping mapping,
      TcmuOperations operations,
      ServeOptions options,
      FetchPool<TransferBuffer> fetches,
      String name,
      Runnable lastResort)
      throws IOException {
    this.mapping = mapping;
    this.ring = new CommandRing(mapping.memory(), name);
    this.operations = operations;
    this.fetches = fetches;
    this.name = name;
    this.lastResort = lastResort;
    this.count = options.threads();
  }

  /** Starts the threads; each has its own buffer, made here. */
  void start() {
    for (int i = 0; i < count; i++) {
      TransferBuffer buffer = new TransferBuffer(DiskShape.MAX_TRANSFER);
      threads.add(
          Thread.ofPlatform().daemon().name("tcmu-" + name + "-" + i).unstarted(() -> run(buffer)));
    }
    threads.forEach(Thread::start);
  }

  private void run(TransferBuffer buffer) {
    // Best effort; without it memory reclaim is a little more likely to wait for us.
    ProcessSettings.serveBlockIo();
    try (buffer) {
      turn.lock();
      try {
        do {
          serveWaiting(buffer);
        } while (mapping.await());
      } finally {
        turn.unlock();
      }
    } catch (Throwable e) {
      // A server that stopped half-way would hang its users for good.
      broke(e);
    }
  }

  /**
   * Serves all commands that are in the ring. Has the turn before and after, and not while a
   * command is carried out that may take its time: whatever the device waits for, another thread
   * takes the next. A wake-up costs more than a read of what is here.
   */
  private void serveWaiting(TransferBuffer buffer) throws IOException {
    long unsignalled = 0;
    for (RingCommand command = ring.take(); command != null; command = ring.take()) {
      Command asked = operations.parse(command);
      boolean quick = operations.isQuick(asked);
      if (quick && !ring.waiting()) {
        answer(command, asked, buffer);
        mapping.signal();
        unsignalled = 0;
        continue;
      }
      boolean alone = !turn.hasQueuedThreads();
      turn.unlock();
      try {
        if (asked instanceof Command.Read read && !quick) {
          serveSlowly(command, read, alone, buffer);
        } else {
          answer(command, asked, buffer);
          unsignalled += Math.max(1, command.size());
        }
        if (unsignalled >= BATCH || (unsignalled > 0 && !ring.waiting())) {
          mapping.signal();
          unsignalled = 0;
        }
      } finally {
        unsignalled = takeTurn(unsignalled);
      }
    }
    if (unsignalled > 0) {
      mapping.signal();
    }
  }

  /** Who waits for his turn may wait long: nothing is left unsaid then. @return what still is */
  private long takeTurn(long unsignalled) throws IOException {
    if (turn.tryLock()) {
      return unsignalled;
    }
    try {
      if (unsignalled > 0) {
        mapping.signal();
      }
    } finally {
      turn.lock();
    }
    return 0;
  }

  private void answer(RingCommand command, Command asked, TransferBuffer buffer)
      throws IOException {
    ring.complete(
        command,
        aborted
            ? TcmuOperations.refused(Sense.notReady())
            : operations.answer(command, asked, buffer));
  }

  /**
   * Carries out a read that may wait, or has it carried out.
   *
   * @param alone no other thread is left to take the next command
   */
  private void serveSlowly(
      RingCommand command, Command.Read read, boolean alone, TransferBuffer buffer)
      throws IOException {
    waiting.put(command.id(), command);
    if (aborted) {
      failWaiting(); // it was not there yet when all others were failed
    } else if (!alone || !fetches.submit(this, other -> fetchAside(command, read, other))) {
      fetch(command, read, buffer);
    }
  }

  private void fetchAside(RingCommand command, Command.Read read, TransferBuffer buffer) {
    try {
      fetch(command, read, buffer);
    } catch (Throwable e) {
      broke(e);
    }
  }

  private void fetch(RingCommand command, Command.Read read, TransferBuffer buffer)
      throws IOException {
    boolean fits = read.length() <= command.size();
    MemorySegment data = buffer.first(read.length());
    Optional<Sense> failure =
        fits ? operations.fetch(read, data) : Optional.of(Sense.invalidField());
    if (waiting.remove(command.id(), command)) {
      if (failure.isEmpty()) {
        command.put(0, data);
      }
      finish(command, TcmuOperations.result(failure));
    }
  }

  private void finish(RingCommand command, RingResponse response) throws IOException {
    ring.complete(command, response);
    mapping.signal();
  }

  private void broke(Throwable cause) {
    if (broken.compareAndSet(null, cause)) {
      operations.fail(new IOException("serving " + name + " failed: " + cause, cause));
      lastResort.run();
    }
  }

  /** Fails every access from now on. */
  void abort() throws IOException {
    operations.fail(new IOException(name + " was aborted"));
    aborted = true;
    failWaiting();
  }

  private void failWaiting() throws IOException {
    for (RingCommand command : List.copyOf(waiting.values())) {
      if (waiting.remove(command.id(), command)) {
        finish(command, TcmuOperations.refused(Sense.notReady()));
      }
    }
  }

  /**
   * Ends the threads and closes the mapping. The device has been removed, or somebody else will
   * serve it.
   *
   * @throws IOException when serving had failed
   */
  void end() throws IOException {
    mapping.stop();
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.getState() != Thread.State.NEW) {
        try {
          thread.join();
          break;
        } catch (InterruptedException e) {
          interrupted = true; // cleaning up goes on; the caller learns of it at its next wait
        }
      }
    }
    fetches.drain(this);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    mapping.close();
    Throwable reason = broken.get();
    if (reason != null) {
      throw new IOException("serving " + name + " failed: " + reason, reason);
    }
  }
}
