package dev.obdbuild.backstore.device;

import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.sys.WriteBack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bounds the dirty bytes of one file. Every half limit of bytes written, write-out of what is dirty
 * is started after that of the half before has ended; so a layer smaller than half the limit never
 * reaches the disk before it is sealed and removed, and of a large one no more than the limit is
 * dirty.
 *
 * <p>Without it the kernel would stop the serving threads in its own throttling once a tenth of
 * memory is dirty, whatever the file is to us.
 */
final class WriteBehind {
  private static final long LEAST = 64L << 20;
  private static final long MOST = 1L << 30;

  private final OpenFile file;
  private final String name;
  private final long half;
  private final AtomicLong written = new AtomicLong();
  private final ReentrantLock turn = new ReentrantLock();

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

  /** Notes that bytes were written; now and then waits for the disk. */
  void wrote(long bytes) throws IOException {
    long now = written.addAndGet(bytes);
    if (now < half) {
      return;
    }
    // One thread waits for the disk and the others go on; those that run a whole limit ahead wait
    // as well.
    if (now < 2 * half ? turn.tryLock() : lock()) {
      try {
        if (written.get() >= half) {
          written.set(0);
          WriteBack.advance(file.fd(), name);
        }
      } finally {
        turn.unlock();
      }
    }
  }

  private boolean lock() {
    turn.lock();
    return true;
  }
}
