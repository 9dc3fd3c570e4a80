package dev.obdbuild.snapshots;

import dev.obdbuild.backstore.cache.BlockCache;
import dev.obdbuild.backstore.cache.CacheOptions;
import dev.obdbuild.backstore.remote.RemoteLayers;
import dev.obdbuild.backstore.serve.BackstoreServer;
import dev.obdbuild.backstore.serve.RemoteExporter;
import dev.obdbuild.backstore.serve.ServeManner;
import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.oci.registry.RegistryConfig;
import dev.obdbuild.testkit.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Another process that serves devices, to be killed and started again. */
final class ServeProcess {
  private static final long CACHE = 64L << 20;

  private final Path folder;
  private final String keeping;
  private Process process;

  private ServeProcess(Path folder, String keeping) throws IOException {
    this.folder = folder;
    this.keeping = keeping;
    this.process = begin();
  }

  /** Arguments: a folder, and {@code keep} if the devices are to have keepers. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    try (RegistryClient registry =
            new RegistryClient(RegistryConfig.defaults(), Credentials.none());
        BlockCache cache = BlockCache.open(folder.resolve("cache"), CacheOptions.of(CACHE));
        BackstoreServer server =
            BackstoreServer.start(
                socket(folder),
                state(folder),
                new RemoteLayers(registry, cache),
                manner(arguments[1]),
                System.err::println)) {
      System.out.println(server.devices());
      System.in.readAllBytes();
    }
  }

  private static ServeManner manner(String keeping) {
    ServeManner standard = ServeManner.standard();
    return keeping.equals("keep") ? standard : standard.withoutKeepers();
  }

  static ServeProcess start(Path folder, boolean keeping) throws IOException {
    return new ServeProcess(folder, keeping ? "keep" : "");
  }

  private Process begin() throws IOException {
    Process child = ChildJvm.start(ServeProcess.class, folder.toString(), keeping);
    String _ = ChildJvm.firstLine(child);
    return child;
  }

  static Path socket(Path folder) {
    return folder.resolve("s");
  }

  private static Path state(Path folder) {
    return folder.resolve("state");
  }

  /** A store whose devices it serves. */
  static SnapshotsConfig config(Path root, Path folder, Duration patience) {
    return SnapshotsConfig.of(
        root,
        own -> new RemoteExporter(own, socket(folder), patience),
        new TestStore.Files4Blobs());
  }

  void kill() throws InterruptedException {
    ChildJvm.kill(process);
  }

  void startAgain() throws IOException {
    process = begin();
  }

  /** Has it end in order. */
  void end() throws IOException, InterruptedException {
    process.getOutputStream().close();
    int _ = process.waitFor();
  }

  /** What it has written down and what its exporter has made. */
  List<Path> left() throws IOException {
    try (Stream<Path> files = Files.walk(state(folder))) {
      return files.filter(file -> !Files.isDirectory(file) && !file.endsWith("lock")).toList();
    }
  }
}
