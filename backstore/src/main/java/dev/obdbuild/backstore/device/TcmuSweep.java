package dev.obdbuild.backstore.device;

import dev.obdbuild.backstore.tcmu.ScsiDisk;
import dev.obdbuild.backstore.tcmu.TargetName;
import dev.obdbuild.backstore.tcmu.TargetSpec;
import dev.obdbuild.backstore.tcmu.TcmuTarget;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Undoes TCMU devices whose process is dead; their users are cut off. */
final class TcmuSweep {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final int QUESTIONS = 50;

  private TcmuSweep() {}

  static void undoAll(String owner) throws IOException {
    for (TcmuTarget target : TcmuTarget.ownedBy(owner)) {
      undo(target);
    }
  }

  static void undo(TargetName name) throws IOException {
    for (TcmuTarget target : TcmuTarget.ownedBy(name.owner())) {
      if (target.name().equals(name)) {
        undo(target);
      }
    }
  }

  private static void undo(TcmuTarget target) throws IOException {
    target.fail();
    Optional<ScsiDisk> disk = target.diskIfThere();
    if (disk.isPresent()) {
      DeviceSweep.detachFrom(disk.get().node().path());
    }
    try (Failing _ = new Failing(target)) {
      target.disconnect();
    }
    if (disk.isPresent()) {
      disk.get().forget();
    }
    target.remove();
  }

  /** Fails the device of that name, if the node is its. */
  static void fail(Path node, String name) throws IOException {
    for (TcmuTarget target : TcmuTarget.all()) {
      Optional<TargetSpec> spec = target.spec();
      Optional<ScsiDisk> disk = target.diskIfThere();
      if (spec.filter(known -> known.label().equals(name)).isPresent()
          && disk.filter(known -> known.node().path().equals(node)).isPresent()) {
        target.fail();
      }
    }
  }

  /** Fails the device of that node, whoever's it is. */
  static void fail(Path node) throws IOException {
    for (TcmuTarget target : TcmuTarget.all()) {
      if (target.diskIfThere().filter(disk -> disk.node().path().equals(node)).isPresent()) {
        target.fail();
      }
    }
  }

  static void release(String owner) throws IOException {
    for (TcmuTarget target : TcmuTarget.ownedBy(owner)) {
      target.fail();
      for (int i = 0; i < QUESTIONS && !target.connected(); i++) {
        pause();
        target.fail();
      }
    }
  }

  /**
   * Fails a device again and again: a disk that was being made when its process was killed asks one
   * thing after the other, and whoever takes it away waits for that.
   */
  private static final class Failing implements AutoCloseable {
    private final Thread thread;
    private volatile boolean closed;

    Failing(TcmuTarget target) {
      thread = Thread.ofPlatform().daemon().name("tcmu-sweep").start(() -> run(target));
    }

    private void run(TcmuTarget target) {
      while (!closed) {
        pause();
        try {
          target.fail();
        } catch (IOException e) {
          // The device is being taken apart meanwhile; should that hang, the next round may help.
        }
      }
    }

    @Override
    public void close() {
      closed = true;
      boolean interrupted = false;
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true; // cleaning up goes on; the caller learns of it at its next wait
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void pause() {
    LockSupport.parkNanos(PAUSE_NANOS);
  }
}
