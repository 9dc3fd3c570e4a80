package dev.obdbuild.snapshots;

import dev.obdbuild.oci.tar.TarReader;
import dev.obdbuild.snapshots.convert.ChainKey;
import dev.obdbuild.snapshots.live.LiveChains;
import dev.obdbuild.snapshots.live.LiveWriter;
import dev.obdbuild.snapshots.mount.MountThreads;
import dev.obdbuild.snapshots.store.NamedLocks;
import dev.obdbuild.snapshots.store.SnapshotRow;
import dev.obdbuild.snapshots.unpack.LayerApply;
import dev.obdbuild.snapshots.unpack.UnpackException;
import dev.obdbuild.snapshots.unpack.UnpackOptions;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Snapshots whose filesystem cannot be written (erofs), copied onto one that can: once for each
 * chain and kind of new filesystem, when the first step is to stand on it. The copy is one layer
 * that holds everything.
 */
record WritableCopies(
    Catalog catalog,
    NamedLocks locks,
    LiveChains chains,
    MountThreads threads,
    TarLayers tars,
    StepFolder.Parts steps) {

  /**
   * The copy of {@code original}.
   *
   * @param temporary a folder for a file as large as all that the snapshot holds
   */
  StoredSnapshot of(StoredSnapshot original, Path temporary, Optional<String> lease)
      throws IOException {
    ChainKey key = catalog.scratch().key().step("copy of " + original.key());
    Optional<StoredSnapshot> known = catalog.findChain(key, lease);
    if (known.isEmpty()) {
      try (var _ = locks.lock("chain-" + key.digest().hex())) {
        known = catalog.findChain(key, lease);
        if (known.isEmpty()) {
          known = Optional.of(copy(original, key, temporary, lease));
        }
      }
    }
    return known.get();
  }

  private StoredSnapshot copy(
      StoredSnapshot original, ChainKey key, Path temporary, Optional<String> lease)
      throws IOException {
    // By way of a file: reading and writing both are work on mounts, which must not wait for each
    // other.
    Path tar = Files.createTempFile(temporary, "copy", ".tar");
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(tar), 1 << 20)) {
        tars.write(original, out, Optional.empty());
      }
      StoredSnapshot empty = catalog.scratch();
      LiveWriter writer = chains.write(empty.chain(), ChainKey.uuid(key.digest()));
      try (StepFolder folder = new StepFolder(steps, writer, empty, key, lease);
          InputStream in = new BufferedInputStream(Files.newInputStream(tar), 1 << 20)) {
        threads.call(
            () ->
                LayerApply.apply(
                    new TarReader(in, original.toString()), folder.path(), UnpackOptions.LAYER));
        return folder.commit("copied " + original.description(), SnapshotRow.BASE);
      } catch (UnpackException e) {
        throw new IOException(original + " cannot be copied: " + e.getMessage(), e);
      }
    } finally {
      Files.deleteIfExists(tar);
    }
  }
}
