package dev.obdbuild.backstore.device;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A device whose reads wait while memory is short, instead of failing. What has failed for want of
 * memory is done again, one read at a time and after a pause: those that need memory at once are
 * then fewer. Writes are not repeated, since one may have ended half-way.
 */
final class PatientDevice extends WrappedDevice {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long FIRST_PAUSE_MILLIS = 2;
  private static final long LONGEST_PAUSE_MILLIS = 500;

  private final ReentrantLock again = new ReentrantLock(true);
  private final long patienceNanos;

  PatientDevice(BlockDevice device) {
    this(device, PATIENCE_NANOS);
  }

  PatientDevice(BlockDevice device, long patienceNanos) {
    super(device);
    this.patienceNanos = patienceNanos;
  }

  @Override
  public void read(long offset, MemorySegment dst) throws IOException {
    try {
      super.read(offset, dst);
    } catch (IOException | RuntimeException | Error e) {
      if (!MemoryShortage.isBehind(e)) {
        throw e;
      }
      readAgain(offset, dst);
    }
  }

  private void readAgain(long offset, MemorySegment dst) throws IOException {
    long end = System.nanoTime() + patienceNanos;
    long pause = FIRST_PAUSE_MILLIS;
    again.lock();
    try {
      while (true) {
        pause(pause);
        pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
        try {
          super.read(offset, dst);
          return;
        } catch (IOException | RuntimeException | Error e) {
          if (!MemoryShortage.isBehind(e)) {
            throw e;
          }
          if (System.nanoTime() - end > 0) {
            throw failed(
                new IOException(
                    "no memory for a read of " + offset + "+" + dst.byteSize() + " for long", e));
          }
        }
      }
    } finally {
      again.unlock();
    }
  }

  /** A step that goes on in spite of the error must not be sealed: the device fails with it. */
  private IOException failed(IOException told) {
    fail(told);
    return told;
  }

  private void pause(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(new IOException("interrupted while memory was short", e));
    }
  }

  /** Where even this answer needs more memory than there is, the read may well have to wait. */
  @Override
  public boolean mayWait(long offset, long length) {
    try {
      return super.mayWait(offset, length);
    } catch (OutOfMemoryError e) {
      return true;
    }
  }
}
