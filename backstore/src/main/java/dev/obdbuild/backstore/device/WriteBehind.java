package dev.obdbuild.backstore.device;

import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.sys.WriteBack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the dirty bytes of one file. Every half limit of bytes written, a thread of its own waits
 * for the write-out of the half before and starts that of what is dirty; so a layer smaller than
 * half the limit never reaches the disk before it is sealed and removed, and of a large one not
 * much more than the limit is dirty: who writes a whole limit while the disk is busy waits for it.
 *
 * <p>Without it the kernel would stop the serving threads in its own throttling once a tenth of
 * memory is dirty, whatever the file is to us. Starting a write-out takes as long as the disk needs
 * for most of it, which is why no serving thread does it.
 *
 * <p>Thread-safe. Borrows the file, which must stay open until {@link #settle} has returned.
 */
final class WriteBehind {
  private static final long LEAST = 64L << 20;
  private static final long MOST = 1L << 30;

  private final OpenFile file;
  private final String name;
  private final long half;
  private final AtomicLong written = new AtomicLong();
  private boolean running;
  private volatile @Nullable IOException failure;

  WriteBehind(OpenFile file, String name, long limit) {
    this.file = file;
    this.name = name;
    this.half = limit / 2;
  }

  /**
   * A sixteenth of the host's memory, within 64 MiB and 1 GiB: well below where the kernel starts
   * to throttle by itself.
   */
  static long standardLimit() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
      if (line.startsWith("MemTotal:")) {
        long kibibytes = Long.parseLong(line.replaceAll("[^0-9]", ""));
        return Math.clamp(kibibytes * 1024 / 16, LEAST, MOST);
      }
    }
    return LEAST;
  }

  /**
   * Notes that bytes were written; waits where the disk cannot keep up.
   *
   * @throws IOException when a write-out failed before: the kernel tells of that only once
   */
  void wrote(long bytes) throws IOException {
    long now = written.addAndGet(bytes);
    if (now >= half) {
      turn(now >= 2 * half);
    }
    check();
  }

  private synchronized void turn(boolean wait) {
    if (wait) {
      settle();
    }
    if (running || written.get() < half) {
      return;
    }
    written.set(0);
    running = true;
    try {
      Thread.ofPlatform().daemon().name("write-behind").start(this::advance);
    } catch (OutOfMemoryError e) {
      advance(); // no memory for a thread: then this one
    }
  }

  private void advance() {
    try {
      WriteBack.advance(file.fd(), name);
    } catch (IOException | RuntimeException | Error e) {
      failure = e instanceof IOException io ? io : new IOException("write-out of " + name, e);
    } finally {
      ended();
    }
  }

  private synchronized void ended() {
    running = false;
    notifyAll();
  }

  /** Waits until no thread works on the file. */
  synchronized void settle() {
    boolean interrupted = false;
    while (running) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true; // what is waited for is bounded by the disk
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * @throws IOException when a write-out failed, now and ever after
   */
  void check() throws IOException {
    IOException failed = failure;
    if (failed != null) {
      throw new IOException(name + " lost writes: " + failed.getMessage(), failed);
    }
  }
}
