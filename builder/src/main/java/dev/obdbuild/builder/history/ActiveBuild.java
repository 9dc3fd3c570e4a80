package dev.obdbuild.builder.history;

import com.google.rpc.Status;
import dev.obdbuild.protos.control.BuildHistoryRecord;
import dev.obdbuild.protos.control.Descriptor;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * A running build in the history. Completed by {@link #complete}, or as failed by the next start
 * after this process died. Thread-safe.
 */
public final class ActiveBuild {

  private static final String ERROR_TYPE = "application/vnd.googeapis.google.rpc.status+proto";

  private final History history;
  private final StatusLog log;
  private BuildHistoryRecord record;

  ActiveBuild(History history, BuildHistoryRecord record, StatusLog log) {
    this.history = history;
    this.record = record;
    this.log = log;
  }

  /** What is known of it now. */
  public BuildHistoryRecord record() {
    history.lock();
    try {
      return record;
    } finally {
      history.unlock();
    }
  }

  StatusLog log() {
    return log;
  }

  /** Stores a blob that goes with this build; the caller puts the descriptor into the record. */
  public Descriptor store(String mediaType, byte[] bytes) throws IOException {
    return history.store(record().getRef(), mediaType, bytes);
  }

  /** Changes the record; listeners hear of it when the build completes. */
  public void update(Consumer<BuildHistoryRecord.Builder> change) throws IOException {
    history.lock();
    try {
      BuildHistoryRecord.Builder changed = record.toBuilder();
      change.accept(changed);
      record = history.saveActive(changed.build());
    } finally {
      history.unlock();
    }
  }

  /** Notes why the build failed; the details are stored as a blob. */
  public void fail(Status error) throws IOException {
    Descriptor full = store(ERROR_TYPE, error.toByteArray());
    update(
        changed ->
            changed
                .setError(
                    Status.newBuilder().setCode(error.getCode()).setMessage(error.getMessage()))
                .setExternalError(full));
  }

  /**
   * Ends the build's log and completes it: the log becomes a blob, steps and warnings are counted,
   * listeners are told. Waits for the log to be written, not for its readers.
   */
  public void complete() throws IOException {
    history.complete(this);
  }
}
