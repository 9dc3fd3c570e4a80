package dev.obdbuild.builder.history;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.protos.control.BuildHistoryRecord;
import dev.obdbuild.protos.control.StatusResponse;
import dev.obdbuild.solver.progress.ProgressEvent;
import dev.obdbuild.solver.progress.ProgressSink;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The status events of one build, in a file from the first event on, so that memory holds about one
 * message however long the build and however slow its readers. The first event is written at once,
 * those that come within 100 ms of a message go into the next. Thread-safe.
 *
 * <p>When the file cannot be written, events are dropped; readers and {@link #end} say why.
 */
public final class StatusLog implements ProgressSink, AutoCloseable {

  private static final long GATHERED_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** A log that has ended. */
  record Ended(Digest digest, long size) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final StatusBatch pending = new StatusBatch();
  private final StepCounts counts = new StepCounts();
  private final MessageDigest hash = Digest.newSha256();
  private final OutputStream out;
  private final StatusReader.Extent extent = new Written();
  private Path file;
  private boolean kept;
  private long written;
  private Digest digest = Digest.sha256(new byte[0]);
  private boolean ended;
  private boolean complete;
  private @Nullable IOException failure;

  /** Begins a log in a file that does not exist yet. Deleted by {@link #close} unless kept. */
  StatusLog(Path file) throws IOException {
    this.file = file;
    // Not a channel: an interrupted thread would close it for all.
    this.out = new FileOutputStream(file.toFile());
    Thread.ofVirtual().name("status log " + file.getFileName()).start(this::write);
  }

  @Override
  public void accept(ProgressEvent event) {
    acceptAll(List.of(event));
  }

  /** Events after {@link #end} are dropped: work that was cancelled may still report. */
  @Override
  public void acceptAll(List<? extends ProgressEvent> events) {
    lock.lock();
    try {
      while (pending.isFull() && !complete) {
        changed.awaitUninterruptibly();
      }
      if (!ended && !complete) {
        events.forEach(pending::add);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Reads from the first message on. To be closed; may outlive this log. */
  public StatusReader reader() throws IOException {
    lock.lock();
    try {
      return new StatusReader(file, extent);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Says that nothing more will happen, and waits until all is written. Readers end when they have
   * read it.
   *
   * @throws IOException when the log could not be written
   */
  public void end() throws IOException {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
      while (!complete) {
        changed.awaitUninterruptibly();
      }
      throwFailure();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the log and deletes its file, unless the history has taken it over. */
  @Override
  public void close() throws IOException {
    try {
      end();
    } finally {
      lock.lock();
      try {
        if (!kept) {
          Files.deleteIfExists(file);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /** Name of the file. */
  String name() {
    lock.lock();
    try {
      return String.valueOf(file.getFileName());
    } finally {
      lock.unlock();
    }
  }

  /** Digest and size, once it has ended. */
  Ended ended() throws IOException {
    end();
    lock.lock();
    try {
      return new Ended(digest, written);
    } finally {
      lock.unlock();
    }
  }

  /** Writes what was counted into the record. Only after {@link #end}. */
  void count(BuildHistoryRecord.Builder record) {
    counts.writeTo(record);
  }

  /** Moves the file into the history's keeping. */
  void keepAt(Path target) throws IOException {
    lock.lock();
    try {
      Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
      file = target;
      kept = true;
    } finally {
      lock.unlock();
    }
  }

  private void write() {
    IOException problem = null;
    try (out) {
      for (StatusResponse next = take(); next != null; next = take()) {
        append(next);
        gather();
      }
    } catch (IOException e) {
      problem = e;
    } catch (InterruptedException e) {
      problem = new InterruptedIOException("the writer was interrupted");
    }
    lock.lock();
    try {
      failure = problem;
      digest = Digest.ofHash(hash.digest());
      complete = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for events; null when there will be no more. */
  private @Nullable StatusResponse take() {
    lock.lock();
    try {
      while (pending.isEmpty() && !ended) {
        changed.awaitUninterruptibly();
      }
      if (pending.isEmpty()) {
        return null;
      }
      StatusResponse message = pending.take();
      changed.signalAll();
      return message;
    } finally {
      lock.unlock();
    }
  }

  private void append(StatusResponse message) throws IOException {
    byte[] body = message.toByteArray();
    byte[] frame =
        ByteBuffer.allocate(StatusReader.HEADER_BYTES + body.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(body.length)
            .put(body)
            .array();
    out.write(frame);
    hash.update(frame);
    counts.add(message);
    lock.lock();
    try {
      written += frame.length;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void gather() throws InterruptedException {
    lock.lock();
    try {
      long left = GATHERED_NANOS;
      while (!ended && !pending.isFull() && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  private void throwFailure() throws IOException {
    if (failure != null) {
      throw new IOException("status log " + file + ": " + failure.getMessage(), failure);
    }
  }

  /** What of the file is complete. */
  private final class Written implements StatusReader.Extent {
    @Override
    public long await(long position, BooleanSupplier closed)
        throws IOException, InterruptedException {
      lock.lockInterruptibly();
      try {
        while (written <= position && !complete && !closed.getAsBoolean()) {
          changed.await();
        }
        if (written <= position) {
          throwFailure();
        }
        return written;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void wake() {
      lock.lock();
      try {
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
