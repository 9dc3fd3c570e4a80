package dev.obdbuild.snapshots;

import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.LeaseTable;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/** A lease of this process. */
final class OpenLease implements Lease {
  /** What else happens at the end of a lease. */
  @FunctionalInterface
  interface Ending {
    void run() throws IOException;
  }

  private final String id;
  private final Database database;
  private final Catalog catalog;
  private final Ending ending;
  private final AtomicBoolean closed = new AtomicBoolean();

  OpenLease(String id, Database database, Catalog catalog, Ending ending) {
    this.id = id;
    this.database = database;
    this.catalog = catalog;
    this.ending = ending;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public void add(Snapshot snapshot) throws IOException {
    if (closed.get()) {
      throw new IllegalStateException("lease " + id + " is over");
    }
    catalog.hold(snapshot, java.util.Optional.of(id));
  }

  @Override
  public void close() throws IOException {
    if (closed.compareAndSet(false, true)) {
      try {
        database.tx(
            tx -> {
              LeaseTable.delete(tx, id);
              return true;
            });
      } finally {
        ending.run();
      }
    }
  }
}
