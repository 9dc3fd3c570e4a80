package dev.obdbuild.snapshots;

import dev.obdbuild.oci.content.CheckedBlob;
import dev.obdbuild.oci.content.ContentStore;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.oci.image.OverlaybdAnnotations;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.oci.tar.TarReader;
import dev.obdbuild.snapshots.ReadyLayers.Ready;
import dev.obdbuild.snapshots.convert.ChainKey;
import dev.obdbuild.snapshots.convert.LayerStream;
import dev.obdbuild.snapshots.fs.NewFilesystem;
import dev.obdbuild.snapshots.fs.NewFilesystem.BaseSize;
import dev.obdbuild.snapshots.fs.Probe;
import dev.obdbuild.snapshots.layer.RemoteBlobs;
import dev.obdbuild.snapshots.layer.RemotePlace;
import dev.obdbuild.snapshots.live.LiveChains;
import dev.obdbuild.snapshots.live.LiveWriter;
import dev.obdbuild.snapshots.mount.MountThreads;
import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.NamedLocks;
import dev.obdbuild.snapshots.store.OriginRow;
import dev.obdbuild.snapshots.store.SnapshotRow;
import dev.obdbuild.snapshots.store.TarTable;
import dev.obdbuild.snapshots.unpack.LayerApply;
import dev.obdbuild.snapshots.unpack.UnpackException;
import dev.obdbuild.snapshots.unpack.UnpackOptions;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Base images as snapshots: overlaybd layers are only put on record, to be opened lazily; tar
 * layers are unpacked onto a device, once per chain and state directory.
 */
final class Bases {
  /** What converting needs. */
  record Parts(
      Database database,
      ReadyLayers ready,
      Catalog catalog,
      NamedLocks locks,
      LiveChains chains,
      MountThreads threads,
      RemoteBlobs remote,
      StepFolder.Parts steps,
      NewFilesystem filesystem) {}

  private final Parts parts;

  Bases(Parts parts) {
    this.parts = parts;
  }

  /** The snapshot that shows all layers of {@code base}. */
  StoredSnapshot open(ImageBase base, Optional<String> lease, BaseProgress progress)
      throws IOException {
    StoredSnapshot snapshot = parts.catalog().scratch();
    Optional<Digest> oci = Optional.empty();
    boolean converted = false;
    for (int i = 0; i < base.layers().size(); i++) {
      Descriptor layer = base.layers().get(i);
      if (OverlaybdAnnotations.isAccelerationLayer(layer)) {
        // A prefetch trace, not a part of the filesystem; a new top layer makes it invalid anyway.
        continue;
      }
      Digest diffId = base.diffIds().get(i);
      oci = Optional.of(ChainKey.oci(oci, diffId));
      String uuid = ChainKey.uuid(oci.get());
      if (OverlaybdAnnotations.isNative(layer)) {
        if (converted) {
          throw new IOException(
              base.name() + ": overlaybd layer " + layer.digest() + " stands on an ordinary layer");
        }
        Optional<LayerBlob> place =
            switch (base.place()) {
              case LayerPlace.InRegistry(Repository repository) ->
                  Optional.of(new LayerBlob(layer, repository));
              case LayerPlace.InStore(ContentStore store) -> {
                parts.ready().copy(layer, blob -> CheckedBlob.open(store, blob), progress);
                yield Optional.empty();
              }
            };
        Ready ready = new Ready(layer, uuid, base.created().get(i), place);
        snapshot = parts.ready().over(snapshot, ready, lease);
        progress.layer(layer, 0, true);
      } else {
        snapshot =
            converted(
                base, snapshot, new Source(layer, base.place(), diffId, uuid), lease, progress);
        converted = true;
      }
    }
    if (!converted && !snapshot.empty()) {
      compare(base.name(), snapshot, progress);
    }
    return snapshot;
  }

  /** Where something was asked for, tells what becomes of a base that brings something else. */
  private void compare(String name, StoredSnapshot snapshot, BaseProgress progress)
      throws IOException {
    NewFilesystem wanted = parts.filesystem();
    boolean sized = wanted.bases() != BaseSize.ANY;
    if (!wanted.named() && !sized) {
      return;
    }
    Probe found = parts.chains().probe(snapshot.chain());
    if (wanted.named() && !found.kind().equals(wanted.kind())) {
      progress.differs(
          (found.kind().writable()
                  ? "%s is an image of %s and stays one: only new filesystems are %s"
                  : "%s is an image of %s, which is read-only: what is built upon it stands on a copy, of %s")
              .formatted(name, found.kind().type(), wanted.kind().type()));
    }
    if (wanted.bases() == BaseSize.EXACT && found.device() > wanted.bytes()) {
      throw new IOException(
          "%s has a filesystem of %d bytes, more than the %d of --fs-size: none is ever shrunk"
              .formatted(name, found.device(), wanted.bytes()));
    }
    if (sized && found.device() < wanted.bytes() && found.kind().writable()) {
      progress.differs(
          "%s has a filesystem of %d bytes: the first step upon it grows it to %d"
              .formatted(name, found.device(), wanted.bytes()));
    }
  }

  /** A layer to convert. */
  private record Source(Descriptor layer, LayerPlace place, Digest diffId, String uuid) {
    Digest digest() {
      return layer.digest();
    }
  }

  private StoredSnapshot converted(
      ImageBase base,
      StoredSnapshot below,
      Source source,
      Optional<String> lease,
      BaseProgress progress)
      throws IOException {
    ChainKey key = below.key().tar(source.diffId());
    Optional<StoredSnapshot> known = parts.catalog().findChain(key, lease);
    if (known.isEmpty()) {
      // Others who want the same chain, in this process or another, wait here and find it done.
      try (var _ = parts.locks().lock("chain-" + key.digest().hex())) {
        known = parts.catalog().findChain(key, lease);
        if (known.isEmpty()) {
          known = Optional.of(convert(base, below, source, key, lease, progress));
        }
      }
    }
    if (source.place() instanceof LayerPlace.InRegistry(Repository repository)) {
      originated(known.get(), new LayerBlob(source.layer(), repository), source.diffId());
    }
    progress.layer(source.layer(), source.layer().size(), true);
    return known.get();
  }

  /** An image with ordinary layers names the one that was converted, not one computed from it. */
  private void originated(StoredSnapshot snapshot, LayerBlob blob, Digest diffId)
      throws IOException {
    OriginRow origin =
        new OriginRow(
            snapshot.stored().getLast().id(), RemotePlace.format(blob), diffId.toString());
    parts
        .database()
        .tx(
            tx -> {
              TarTable.putOrigin(tx, origin);
              return true;
            });
  }

  private StoredSnapshot convert(
      ImageBase base,
      StoredSnapshot below,
      Source source,
      ChainKey key,
      Optional<String> lease,
      BaseProgress progress)
      throws IOException {
    LiveWriter writer = parts.chains().write(below.chain(), source.uuid());
    try (StepFolder folder = new StepFolder(parts.steps(), writer, below, key, lease)) {
      Digest found = unpack(base, source, folder, progress);
      if (!found.equals(source.diffId())) {
        throw new IOException(
            "%s: layer %s unpacks to %s, the image's config says %s"
                .formatted(base.name(), source.digest(), found, source.diffId()));
      }
      return folder.commit(
          "converted " + base.name() + " layer " + source.digest(), SnapshotRow.BASE);
    }
  }

  private InputStream bytes(Source source) throws IOException {
    return switch (source.place()) {
      case LayerPlace.InRegistry(Repository repository) ->
          parts.remote().stream(new LayerBlob(source.layer(), repository));
      case LayerPlace.InStore(ContentStore store) -> CheckedBlob.open(store, source.layer());
    };
  }

  private Digest unpack(ImageBase base, Source source, StepFolder folder, BaseProgress progress)
      throws IOException {
    Descriptor layer = source.layer();
    try (LayerStream stream =
        new LayerStream(
            bytes(source),
            layer.digest().toString(),
            bytes -> progress.layer(layer, bytes, false))) {
      return parts
          .threads()
          .call(
              () -> {
                TarReader archive = new TarReader(stream.tar(), layer.digest().toString());
                var _ = LayerApply.apply(archive, folder.path(), UnpackOptions.LAYER);
                return stream.finish();
              });
    } catch (UnpackException e) {
      throw new IOException(base.name() + ": layer " + layer.digest() + ": " + e.getMessage(), e);
    }
  }
}
