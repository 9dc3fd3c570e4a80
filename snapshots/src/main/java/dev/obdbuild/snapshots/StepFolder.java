package dev.obdbuild.snapshots;

import dev.obdbuild.snapshots.convert.ChainKey;
import dev.obdbuild.snapshots.layer.Sealer;
import dev.obdbuild.snapshots.live.LiveWriter;
import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.LayerTable;
import dev.obdbuild.snapshots.store.SnapshotRow;
import dev.obdbuild.snapshots.store.SnapshotTable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A writable folder and the snapshot it becomes. */
final class StepFolder implements ActiveSnapshot {
  /** What stays the same for all folders of a store. */
  record Parts(Database database, Catalog catalog, Sealer sealer) {}

  private final Parts parts;
  private final LiveWriter writer;
  private final StoredSnapshot parent;
  private final ChainKey key;
  private final Optional<String> lease;

  StepFolder(
      Parts parts, LiveWriter writer, StoredSnapshot parent, ChainKey key, Optional<String> lease) {
    this.parts = parts;
    this.writer = writer;
    this.parent = parent;
    this.key = key;
    this.lease = lease;
  }

  @Override
  public Path path() {
    return writer.path();
  }

  @Override
  public Snapshot commit(String description) throws IOException {
    return commit(description, SnapshotRow.STEP);
  }

  /** Commits under a kind; a base's chain gets its name in the same transaction. */
  StoredSnapshot commit(String description, String kind) throws IOException {
    parts.sealer().awaitRoom();
    String id = UUID.randomUUID().toString();
    var made =
        new Object() {
          @Nullable StoredSnapshot snapshot;
        };
    writer.commit(
        id,
        (layer, form) ->
            made.snapshot =
                parts
                    .database()
                    .tx(
                        tx -> {
                          LayerTable.finish(tx, layer, form);
                          Instant now = Instant.now();
                          SnapshotRow row =
                              new SnapshotRow(
                                  id,
                                  parent.empty() ? Optional.empty() : Optional.of(parent.id()),
                                  layer,
                                  key.toString(),
                                  kind,
                                  description,
                                  form.bytes(),
                                  now,
                                  now,
                                  0);
                          if (kind.equals(SnapshotRow.BASE)) {
                            SnapshotTable.nameChain(tx, key.toString(), id);
                          }
                          return parts.catalog().add(tx, parent, row, lease);
                        }));
    StoredSnapshot snapshot = made.snapshot;
    if (snapshot == null) {
      throw new IllegalStateException("a commit recorded nothing");
    }
    return snapshot;
  }

  @Override
  public boolean isUntouched() throws IOException {
    return writer.isUntouched();
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }

  @Override
  public void failDevice() {
    writer.fail(new IOException("the step was cancelled"));
  }

  @Override
  public Optional<IOException> deviceFailure() {
    return writer.failure();
  }
}
