package dev.obdbuild.backstore.attach;

import dev.obdbuild.backstore.prefetch.AccelerationLayer;
import dev.obdbuild.backstore.prefetch.TraceRecorder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A trace that is being recorded into an empty file, as the original does it: {@code FILE.lock} is
 * there meanwhile, and removing it ends the recording, as closing this does; when the trace is
 * written, {@code FILE.ok} is there. Thread-safe.
 */
final class TraceRecording implements AutoCloseable {
  private static final int LOOKED_AFTER_MILLIS = 200;

  private final Path file;
  private final Path lock;
  private final AttachLog log;
  private final TraceRecorder recorder = new TraceRecorder();
  private final CountDownLatch end = new CountDownLatch(1);
  private final Thread watch;
  private boolean written;

  private TraceRecording(Path file, AttachLog log) {
    this.file = file;
    this.lock = file.resolveSibling(file.getFileName() + ".lock");
    this.log = log;
    this.watch = Thread.ofPlatform().daemon().name("trace-lock").unstarted(this::watch);
  }

  /**
   * @param file empty
   */
  static TraceRecording start(Path file, AttachLog log) throws IOException {
    TraceRecording recording = new TraceRecording(file, log);
    Files.deleteIfExists(recording.ok());
    Files.write(recording.lock, new byte[0]);
    recording.watch.start();
    return recording;
  }

  private Path ok() {
    return file.resolveSibling(file.getFileName() + ".ok");
  }

  TraceRecorder recorder() {
    return recorder;
  }

  private void watch() {
    try {
      while (Files.exists(lock)) {
        if (end.await(LOOKED_AFTER_MILLIS, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
      write();
    } catch (IOException e) {
      log.line("the trace could not be written: " + e);
    } catch (InterruptedException e) {
      // Nobody interrupts this thread but a JVM that ends.
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void write() throws IOException {
    if (!written) {
      written = true;
      recorder.stop();
      AccelerationLayer.write(recorder.records(), file);
      Files.write(ok(), new byte[0]);
      log.line("trace of " + recorder.records().size() + " reads written to " + file);
    }
  }

  @Override
  public void close() throws IOException {
    end.countDown();
    write();
    Files.deleteIfExists(lock);
  }
}
