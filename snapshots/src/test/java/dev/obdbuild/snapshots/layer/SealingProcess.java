package dev.obdbuild.snapshots.layer;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.oci.image.LayerFormat;
import dev.obdbuild.oci.image.SealedLayer;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerIdentity;
import dev.obdbuild.snapshots.store.Blobs;
import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.LayerRow.RawForm;
import dev.obdbuild.snapshots.store.LayerTable;
import dev.obdbuild.snapshots.store.StorePaths;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Random;

/** A store with one raw layer, without any device, and a process that seals it. */
final class SealingProcess {
  static final String LAYER = "layer";
  static final int SIZE = 3 << 20;

  /** A registry that nothing is asked of. */
  static final RemoteBlobs NOWHERE =
      new RemoteBlobs() {
        @Override
        public Layer layer(LayerBlob blob) throws IOException {
          throw new IOException("no registry");
        }

        @Override
        public InputStream stream(LayerBlob blob) {
          return new ByteArrayInputStream("".getBytes(US_ASCII));
        }
      };

  private SealingProcess() {}

  static byte[] content() {
    byte[] bytes = new byte[SIZE];
    new Random(4).nextBytes(bytes);
    return bytes;
  }

  /** Makes the store. */
  static void prepare(Path root) throws IOException {
    StorePaths paths = StorePaths.create(root);
    try (Database database = Database.open(paths.database())) {
      RawLayers raw = new RawLayers(database, paths, "writer", false);
      LayerIdentity identity =
          new LayerIdentity("01234567-0123-0123-0123-0123456789AB", LayerIdentity.NONE.uuid());
      RawLayers.Writing writing = raw.create(LAYER, SIZE, identity, "ext4");
      writing.layer().write(0, MemorySegment.ofArray(content()));
      try (Layer frozen = writing.layer().freeze()) {
        RawForm form = raw.finish(LAYER, frozen);
        database.tx(
            tx -> {
              LayerTable.finish(tx, LAYER, form);
              return true;
            });
      }
    }
  }

  static SealedLayer seal(Path root, String owner) throws IOException {
    StorePaths paths = StorePaths.create(root);
    try (Database database = Database.open(paths.database())) {
      OpenLayers layers = new OpenLayers(database, paths, NOWHERE);
      Sealer.Parts parts = new Sealer.Parts(database, new Blobs(paths, owner), layers, NOWHERE);
      try (Sealer sealer = new Sealer(parts, LayerFormat.parse("zstd:16K"), 1, 4)) {
        return sealer.seal(LAYER);
      }
    }
  }

  /** Argument: the store's folder. */
  public static void main(String[] arguments) throws IOException {
    System.out.println(seal(Path.of(arguments[0]), "sealing").descriptor().digest());
  }
}
