package dev.obdbuild.snapshots;

import dev.obdbuild.backstore.device.FuseLoopExporter;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.oci.image.LayerFormat;
import dev.obdbuild.overlaybd.block.ChannelFile;
import dev.obdbuild.overlaybd.layer.LayerFile;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.snapshots.layer.RemoteBlobs;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A store on real devices, and a registry that is a map of files. */
final class TestStore {
  private TestStore() {}

  /** Blobs by digest. */
  static final class Files4Blobs implements RemoteBlobs {
    final Map<String, Path> files = new ConcurrentHashMap<>();
    final AtomicInteger opened = new AtomicInteger();
    final AtomicInteger streamed = new AtomicInteger();

    @Override
    public Layer layer(LayerBlob blob) throws IOException {
      opened.incrementAndGet();
      return LayerFile.open(ChannelFile.open(file(blob)), blob.descriptor().digest().toString());
    }

    @Override
    public InputStream stream(LayerBlob blob) throws IOException {
      streamed.incrementAndGet();
      return Files.newInputStream(file(blob));
    }

    private Path file(LayerBlob blob) throws IOException {
      Path file = files.get(blob.descriptor().digest().toString());
      if (file == null) {
        throw new FileNotFoundException("no blob " + blob.descriptor().digest());
      }
      return file;
    }
  }

  static SnapshotsConfig config(Path root, RemoteBlobs remote) {
    return SnapshotsConfig.of(root, FuseLoopExporter::new, remote)
        .withFormat(LayerFormat.parse("zstd:16K"));
  }

  static Snapshots open(Path root) throws IOException {
    return Snapshots.open(config(root, new Files4Blobs()));
  }

  /** Runs work on the threads for mounts, where tests too must touch them. */
  static <T> T on(Snapshots snapshots, Callable<T> work) throws IOException {
    return snapshots.mountThreads().call(work);
  }

  static void write(Snapshots snapshots, Path file, String text) throws IOException {
    on(snapshots, () -> Files.writeString(file, text));
  }

  static String read(Snapshots snapshots, Path file) throws IOException {
    return on(snapshots, () -> Files.readString(file));
  }
}
