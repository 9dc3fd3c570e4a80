package dev.obdbuild.builder.gateway;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What somebody sends to a process: one thread adds, another reads. Bounded: whoever adds waits
 * while the process does not read. Closing it, at the reader's end, wakes both.
 */
final class TypedInput extends InputStream {

  /**
   * Much, since some clients send and receive under one lock: a process that answers what it reads
   * would wait for them, and they for it.
   */
  private static final int MOST = 8 << 20;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<ByteString> waiting = new ArrayDeque<>();
  private int held;
  private boolean ended;
  private boolean closed;
  private Runnable drained = () -> {};

  /** To be run, on the reader's thread, whenever there is room again after {@link #addNow}. */
  void whenDrained(Runnable then) {
    lock.lock();
    try {
      drained = then;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Adds bytes without waiting.
   *
   * @return whether more is welcome at once
   */
  boolean addNow(ByteString bytes) {
    lock.lock();
    try {
      append(bytes);
      return held < MOST;
    } finally {
      lock.unlock();
    }
  }

  private void append(ByteString bytes) {
    if (!closed && !ended && !bytes.isEmpty()) {
      waiting.add(bytes);
      held += bytes.size();
      changed.signalAll();
    }
  }

  /** Adds bytes; what is added after the reader's end has closed is dropped. */
  void add(ByteString bytes) throws IOException {
    lock.lock();
    try {
      while (held >= MOST && !closed) {
        changed.await();
      }
      append(bytes);
    } catch (InterruptedException e) {
      throw interrupted();
    } finally {
      lock.unlock();
    }
  }

  /** Says that nothing more comes. */
  void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    lock.lock();
    try {
      while (waiting.isEmpty() && !ended && !closed) {
        changed.await();
      }
      if (closed || waiting.isEmpty()) {
        return -1;
      }
      ByteString first = waiting.remove();
      int n = Math.min(length, first.size());
      first.substring(0, n).copyTo(into, offset);
      if (n < first.size()) {
        waiting.addFirst(first.substring(n));
      }
      boolean full = held >= MOST;
      held -= n;
      if (full && held < MOST) {
        drained.run();
      }
      changed.signalAll();
      return n;
    } catch (InterruptedException e) {
      throw interrupted();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      waiting.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted while bytes went to a process");
  }
}
