package dev.obdbuild.snapshots.sweep;

import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.ResourceTable;
import java.io.IOException;
import java.time.Instant;

/**
 * Records what this process is about to make, so that a sweep can undo it when the process is
 * killed. Thread-safe.
 *
 * <p>Record first, make then; undo first, close the entry then.
 */
public final class ResourceJournal {
  private final Database database;
  private final String owner;

  /** The journal of {@code owner}. */
  public ResourceJournal(Database database, String owner) {
    this.database = database;
    this.owner = owner;
  }

  /** Records {@code resource}; returns when the record survives a kill of this process. */
  public Entry record(Resource resource) throws IOException {
    String kind = resource.kind();
    String detail = resource.detail();
    return new Entry(database.tx(tx -> ResourceTable.add(tx, owner, kind, detail, Instant.now())));
  }

  /** One record. Thread-safe. */
  public final class Entry implements AutoCloseable {
    private final long id;

    private Entry(long id) {
      this.id = id;
    }

    /** The resource was undone. */
    @Override
    public void close() throws IOException {
      database.tx(
          tx -> {
            ResourceTable.delete(tx, id);
            return true;
          });
    }
  }
}
