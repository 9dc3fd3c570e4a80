package dev.obdbuild.backstore.prefetch;

import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.trace.TraceRecord;
import java.util.List;
import java.util.Optional;

/** What is to be done with the next device that has layers: nothing, at first. Thread-safe. */
public final class TraceWish {
  private final int concurrency;
  private Optional<TraceRecorder> recorder = Optional.empty();
  private boolean all;
  private List<TraceRecord> trace = List.of();

  /**
   * @param concurrency reads of a replay at a time
   */
  public TraceWish(int concurrency) {
    this.concurrency = concurrency;
  }

  /** The next device's reads go to {@code wanted}. */
  public synchronized void record(TraceRecorder wanted) {
    recorder = Optional.of(wanted);
    all = false;
  }

  /** The reads of all devices from now on go to {@code wanted}, as far as it knows their layers. */
  public synchronized void recordAll(TraceRecorder wanted) {
    recorder = Optional.of(wanted);
    all = true;
  }

  /**
   * The same, unless somebody else's reads are being recorded.
   *
   * @return whether they are recorded now, until {@link #forget}
   */
  public synchronized boolean recordAllAlone(TraceRecorder wanted) {
    if (recorder.isPresent()) {
      return false;
    }
    recordAll(wanted);
    return true;
  }

  /** Devices to come are no concern of {@code former} any more. */
  public synchronized void forget(TraceRecorder former) {
    if (recorder.filter(known -> known == former).isPresent()) {
      recorder = Optional.empty();
      all = false;
    }
  }

  /** The next device's layers are read as {@code wanted} says. */
  public synchronized void replay(List<TraceRecord> wanted) {
    trace = List.copyOf(wanted);
  }

  synchronized Optional<TraceRecorder> takeRecorder() {
    Optional<TraceRecorder> taken = recorder;
    recorder = all ? recorder : Optional.empty();
    return taken;
  }

  synchronized Optional<TraceReplay> startReplay(List<Layer> layers) {
    List<TraceRecord> taken = trace;
    trace = List.of();
    return taken.isEmpty()
        ? Optional.empty()
        : Optional.of(TraceReplay.start(taken, layers, concurrency, summary -> {}));
  }
}
