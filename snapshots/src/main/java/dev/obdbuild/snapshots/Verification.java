package dev.obdbuild.snapshots;

import dev.obdbuild.snapshots.fs.FileSystem;
import dev.obdbuild.snapshots.layer.OpenLayers;
import dev.obdbuild.snapshots.live.LiveChains;
import dev.obdbuild.snapshots.store.Blobs;
import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.LayerTable;
import dev.obdbuild.snapshots.store.SealedRow;
import dev.obdbuild.snapshots.store.TarRow;
import dev.obdbuild.snapshots.store.TarTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Checks of a snapshot: the digest of each local blob, the structure of each layer, the filesystem
 * of them all.
 */
final class Verification {
  private final Database database;
  private final Blobs blobs;
  private final OpenLayers layers;
  private final LiveChains chains;

  Verification(Database database, Blobs blobs, OpenLayers layers, LiveChains chains) {
    this.database = database;
    this.blobs = blobs;
    this.layers = layers;
    this.chains = chains;
  }

  /** Reads whole local blobs, and of remote layers the filesystem's metadata. */
  VerifyReport verify(StoredSnapshot snapshot) throws IOException {
    List<String> problems = new ArrayList<>();
    Set<String> checked = new HashSet<>();
    for (StoredLayer layer : snapshot.stored()) {
      for (SealedRow form : database.tx(tx -> LayerTable.sealed(tx, layer.id()))) {
        checked.add(form.hex());
        note(problems, layer, () -> blobs.verify(form.hex()));
      }
      for (TarRow form : database.tx(tx -> TarTable.of(tx, layer.id()))) {
        checked.add(form.hex());
        note(problems, layer, () -> blobs.verify(form.hex()));
      }
      note(problems, layer, () -> layers.acquire(layer.id()).close());
    }
    String output = "";
    if (problems.isEmpty()) {
      output = filesystem(snapshot, problems);
    }
    return new VerifyReport(snapshot.stored().size(), checked.size(), problems, output);
  }

  private interface Check {
    void run() throws IOException;
  }

  private static void note(List<String> problems, StoredLayer layer, Check check) {
    try {
      check.run();
    } catch (IOException e) {
      problems.add("layer " + layer.id() + ": " + e.getMessage());
    }
  }

  private String filesystem(StoredSnapshot snapshot, List<String> problems) throws IOException {
    return chains.onDevice(
        snapshot.chain(),
        (node, kind) -> {
          FileSystem.Check check = kind.check(node);
          check.problem().ifPresent(problem -> problems.add("filesystem: " + problem));
          return check.output();
        });
  }
}
