package dev.obdbuild.snapshots;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.oci.image.SealedLayer;
import dev.obdbuild.oci.tar.TarWriter;
import dev.obdbuild.snapshots.changeset.ChangesetTar;
import dev.obdbuild.snapshots.changeset.LayerTar;
import dev.obdbuild.snapshots.changeset.TarFormat;
import dev.obdbuild.snapshots.convert.LayerStream;
import dev.obdbuild.snapshots.diff.NewestChange;
import dev.obdbuild.snapshots.layer.RemoteBlobs;
import dev.obdbuild.snapshots.layer.RemotePlace;
import dev.obdbuild.snapshots.live.LiveChains;
import dev.obdbuild.snapshots.store.Blobs;
import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.LayerTable;
import dev.obdbuild.snapshots.store.TarRow;
import dev.obdbuild.snapshots.store.TarTable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * Makes one ordinary layer and puts it on record. Call it on platform threads that serve nothing:
 * it reads mounts.
 */
final class TarMaker {
  private static final String ORIGINAL = "original";

  /** What making layers needs. */
  record Parts(Database database, Blobs blobs, LiveChains chains, RemoteBlobs remote) {}

  private final Parts parts;
  private final LayerTar.Compressing compressing;

  TarMaker(Parts parts, LayerTar.Compressing compressing) {
    this.parts = parts;
    this.compressing = compressing;
  }

  /** Makes the layer, or finds it made. */
  SealedLayer make(TarLayer layer) throws IOException {
    if (layer.existing().isPresent()) {
      return fetched(layer, layer.existing().get());
    }
    TarFormat format = layer.format();
    Optional<TarLayer.Origin> origin = layer.origin();
    if (origin.isPresent()) {
      String key = ORIGINAL + " " + format.compressionKey();
      return made(layer, key, tar -> original(origin.get(), tar));
    }
    return made(layer, format.key(), tar -> changes(layer, tar));
  }

  private SealedLayer fetched(TarLayer layer, LayerBlob blob) throws IOException {
    Descriptor descriptor = blob.descriptor();
    String hex = descriptor.digest().hex();
    if (!parts.blobs().has(hex)) {
      try (InputStream in = parts.remote().stream(blob)) {
        parts.blobs().put(in, hex);
      }
    }
    Digest diffId = layer.origin().orElseThrow().diffId();
    return record(
        new TarRow(
            layer.id(), ORIGINAL, hex, descriptor.size(), diffId.toString(), descriptor.toJson()));
  }

  private SealedLayer made(TarLayer layer, String key, LayerTar.Source source) throws IOException {
    Optional<TarRow> known = parts.database().tx(tx -> TarTable.find(tx, layer.id(), key));
    if (known.isPresent() && parts.blobs().has(known.get().hex())) {
      return fromRow(known.get());
    }
    Path temporary = parts.blobs().temporary();
    try {
      LayerTar tar = LayerTar.write(source, layer.format(), temporary, compressing);
      parts.blobs().publish(temporary, tar.digest().hex());
      Descriptor descriptor =
          new Descriptor(layer.format().compression().mediaType(), tar.digest(), tar.size());
      return record(
          new TarRow(
              layer.id(),
              key,
              tar.digest().hex(),
              tar.size(),
              tar.diffId().toString(),
              descriptor.toJson()));
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private SealedLayer record(TarRow row) throws IOException {
    parts
        .database()
        .tx(
            tx -> {
              if (LayerTable.find(tx, row.layer()).isEmpty()) {
                throw new IOException("layer " + row.layer() + " was pruned meanwhile");
              }
              TarTable.add(tx, row);
              return true;
            });
    return fromRow(row);
  }

  private SealedLayer fromRow(TarRow row) throws IOException {
    return new SealedLayer(
        RemotePlace.descriptor(row.descriptor()),
        Digest.parse(row.diffId()),
        parts.blobs().path(row.hex()));
  }

  /** The tar that the layer was converted from. */
  private void original(TarLayer.Origin origin, OutputStream tar) throws IOException {
    String name = origin.blob().descriptor().digest().toString();
    try (LayerStream stream =
        new LayerStream(parts.remote().stream(origin.blob()), name, _ -> {})) {
      stream.tar().transferTo(tar);
      Digest found = stream.finish();
      if (!found.equals(origin.diffId())) {
        throw new IOException(
            "layer %s unpacks to %s, not to %s as before".formatted(name, found, origin.diffId()));
      }
    }
  }

  private void changes(TarLayer layer, OutputStream out) throws IOException {
    Optional<Instant> epoch = layer.format().epoch();
    try (TarWriter tar = new TarWriter(new Unclosed(out));
        Mounted upper = new Mounted(parts.chains().read(layer.upper()))) {
      if (layer.below().isEmpty()) {
        ChangesetTar.first(upper.root(), tar, epoch);
      } else {
        TarLayer.Below below = layer.below().get();
        try (Mounted lower = new Mounted(parts.chains().read(below.chain()))) {
          Instant made =
              below.made().isPresent() ? below.made().get() : NewestChange.in(lower.root());
          ChangesetTar.changes(lower.root(), upper.root(), History.before(made), tar, epoch);
          lower.confirm();
        }
      }
      upper.confirm();
    }
  }
}
