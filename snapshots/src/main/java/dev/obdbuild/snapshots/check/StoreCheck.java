package dev.obdbuild.snapshots.check;

import dev.obdbuild.backstore.cache.CacheCheck;
import dev.obdbuild.snapshots.store.Blobs;
import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.Owner;
import dev.obdbuild.snapshots.store.StoreException;
import dev.obdbuild.snapshots.store.StorePaths;
import dev.obdbuild.snapshots.sweep.LostLayers;
import dev.obdbuild.snapshots.sweep.Sweep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The check of a whole store, which nobody else may have open meanwhile. Reads everything that has
 * a digest or a checksum; the data of unsealed layers and folders of files (cache mounts, clones,
 * clients' contexts) have none and are not compared. What is wrong is put right on the way.
 */
public final class StoreCheck {
  private static final String BEGUN_ANEW = "the store is begun anew, its images are gone";

  private final StorePaths paths;
  private final Quarantine quarantine;
  private final List<Finding> findings = new ArrayList<>();

  private StoreCheck(StorePaths paths) {
    this.paths = paths;
    this.quarantine = new Quarantine(paths);
  }

  /**
   * A database beside the store's own.
   *
   * @param consequence what its loss means, in words
   * @param lost whether that does not come back by itself
   */
  public record Beside(Path file, String consequence, boolean lost) {}

  /**
   * Checks the store below {@code root}.
   *
   * @param databases others that lie there
   * @throws StoreException when there is no store, or it is in use
   */
  public static StoreReport run(Path root, List<Beside> databases) throws IOException {
    if (!Files.isDirectory(root)) {
      throw new StoreException("there is no store at " + root);
    }
    StorePaths paths = StorePaths.create(root);
    Sweep.releaseDying(paths);
    Owner owner = Owner.claimAlone(paths);
    try (owner) {
      return new StoreCheck(paths).all(owner, databases);
    }
  }

  private StoreReport all(Owner owner, List<Beside> databases) throws IOException {
    DatabaseCheck files = new DatabaseCheck(quarantine, findings);
    missingDatabase();
    files.check(paths.database(), BEGUN_ANEW, true);
    boolean begunAnew = !findings.isEmpty();
    for (Beside other : databases) {
      files.check(other.file(), other.consequence(), other.lost());
    }
    try (Database database = Database.open(paths.database())) {
      return records(database, owner, begunAnew);
    }
  }

  /** Blobs without a database are all that is left of a store; a new store has neither. */
  private void missingDatabase() throws IOException {
    Path file = paths.database();
    boolean missing = !Files.exists(file);
    if (!missing && (!Files.isRegularFile(file) || Files.size(file) > 0)) {
      return;
    }
    try (Stream<Path> blobs = Files.list(paths.blobs())) {
      if (blobs.findAny().isPresent()) {
        String what = "database " + file + (missing ? " is missing" : " is empty");
        findings.add(new Finding(what, BEGUN_ANEW, true));
      }
    }
  }

  private StoreReport records(Database database, Owner owner, boolean begunAnew)
      throws IOException {
    BlobCheck blobs = new BlobCheck(paths, new Blobs(paths, owner.id()));
    OrphanCheck orphans = new OrphanCheck(database, paths, quarantine, findings);
    // Before the sweep, which removes them without a word.
    orphans.raws();
    if (begunAnew) {
      orphans.allBlobs();
    } else {
      orphans.blobs(blobs);
    }
    var _ = new Sweep(paths, database).run();
    int forgotten = new LostLayers(database, paths).forget();
    if (forgotten > 0) {
      findings.add(
          new Finding(
              forgotten + " unsealed layers were not on disk when the host went down",
              "their steps run again when needed",
              false));
    }
    int layers = new LayerCheck(database, paths, blobs, quarantine, findings).run();
    new RecordCheck(database, paths, blobs, quarantine, findings).run();
    orphans.raws();
    orphans.dropLeftovers();
    CacheCheck.Report cache = CacheCheck.run(paths.blockCache());
    cache
        .damage()
        .forEach(what -> findings.add(new Finding(what, "it is fetched again when needed", false)));
    return new StoreReport(
        layers, blobs.files(), blobs.bytes(), cache.blobs(), cache.bytes(), findings);
  }
}
