package dev.obdbuild.backstore.remote;

import dev.obdbuild.backstore.cache.BlockCache;
import dev.obdbuild.backstore.remote.LayerSamples.Shape;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.oci.registry.BlobReader;
import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.oci.registry.HostConfig;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.oci.registry.RegistryConfig;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** Lazy reads over a slow link, for {@code bench/lazy.sh}. */
final class LazyBench {

  private static final int BIG = 128 << 20;
  private static final int LAYERS = 100;
  private static final int RECORDS = 200;

  private final Path list;
  private final Repository repository;
  private final RegistryConfig config;

  private LazyBench(String host, Path list) {
    this.list = list;
    this.repository = new Repository(host, "bench/lazy");
    this.config = RegistryConfig.defaults().withHost(host, HostConfig.DEFAULT.withPlainHttp(true));
  }

  /** Arguments: push or run, host of the registry, file that names the blobs. */
  public static void main(String[] arguments) throws Exception {
    LazyBench bench = new LazyBench(arguments[1], Path.of(arguments[2]));
    if (arguments[0].equals("push")) {
      bench.push();
      return;
    }
    for (String what : List.of(arguments).subList(3, arguments.length)) {
      bench.run(what);
    }
  }

  private RegistryClient client() {
    return new RegistryClient(config, Credentials.none());
  }

  private void push() throws IOException {
    List<byte[]> blobs = new ArrayList<>();
    blobs.add(LayerSamples.blob(new Shape(1L << 30, BIG >> 20, 1 << 20, 1 << 20), 1));
    blobs.add(LayerSamples.blob(new Shape(1L << 30, LAYERS * RECORDS, 4096, 8192), 2));
    for (int i = 0; i < LAYERS; i++) {
      blobs.add(LayerSamples.blob(new Shape(1L << 30, RECORDS, 4096, 8192), 1000 + i));
    }
    List<String> lines = new ArrayList<>();
    try (RegistryClient client = client()) {
      for (byte[] blob : blobs) {
        Descriptor descriptor = LayerSamples.descriptor(blob);
        client.push(repository, descriptor.digest(), blob);
        lines.add(descriptor.digest() + " " + blob.length);
      }
    }
    Files.write(list, lines);
  }

  private List<LayerBlob> blobs() throws IOException {
    try (Stream<String> lines = Files.lines(list)) {
      return lines
          .map(line -> line.split(" ", 2))
          .map(
              parts ->
                  new LayerBlob(
                      new Descriptor(
                          MediaTypes.OCI_LAYER, Digest.parse(parts[0]), Long.parseLong(parts[1])),
                      repository))
          .toList();
    }
  }

  /** Every measurement with a client, connections and a cache of its own. */
  private void run(String what) throws Exception {
    List<LayerBlob> blobs = blobs();
    Path folder = Files.createTempDirectory("lazy-bench");
    try (RegistryClient client = client();
        BlockCache cache = BlockCache.open(folder, 4L << 30)) {
      RemoteLayers layers = new RemoteLayers(client, cache);
      long start = System.nanoTime();
      long cpu = cpuMillis();
      double value =
          switch (what) {
            case "sequential" -> sequential(layers, blobs.getFirst());
            case "alone" -> alone(client, blobs.getFirst());
            case "readers" -> readers(layers, blobs.getFirst());
            case "attach1" -> attach(layers, blobs.subList(1, 2));
            case "attach100" -> attach(layers, blobs.subList(2, 2 + LAYERS));
            default -> throw new IllegalArgumentException(what);
          };
      System.out.printf(
          "%s %.3f fetched %d total %d ms cpu %d ms%n",
          what,
          value,
          layers.fetchedBytes(),
          (System.nanoTime() - start) / 1_000_000,
          cpuMillis() - cpu);
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  private static long cpuMillis() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toMillis();
  }

  /** Bytes of the blob by the second, read through the layer in pieces of 128 KiB. */
  private static double sequential(RemoteLayers layers, LayerBlob blob) throws IOException {
    try (Layer layer = layers.open(blob)) {
      LayerStack stack = LayerStack.of(List.of(layer));
      MemorySegment piece = MemorySegment.ofArray(new byte[128 << 10]);
      long start = System.nanoTime();
      for (long at = 0; at < BIG; at += piece.byteSize()) {
        stack.read(at, piece);
      }
      return BIG * 1e9 / (System.nanoTime() - start);
    }
  }

  /** Reads by the second of a client that asks for 4 KiB and waits for them. */
  private static double alone(RegistryClient client, LayerBlob blob) throws IOException {
    BlobReader reader = client.reader(blob.repository(), blob.descriptor());
    Random random = new Random(5);
    MemorySegment piece = MemorySegment.ofArray(new byte[4096]);
    reader.read(0, piece);
    long start = System.nanoTime();
    int count = 40;
    for (int i = 0; i < count; i++) {
      reader.read(random.nextInt((int) reader.size() - 4096), piece);
    }
    return count * 1e9 / (System.nanoTime() - start);
  }

  /** Reads by the second of 64 readers of 4 KiB at random places of a cold layer. */
  private static double readers(RemoteLayers layers, LayerBlob blob) throws Exception {
    try (Layer layer = layers.open(blob);
        ExecutorService threads = Executors.newFixedThreadPool(64)) {
      LayerStack stack = LayerStack.of(List.of(layer));
      int each = 20;
      List<Future<?>> running = new ArrayList<>();
      long start = System.nanoTime();
      for (int t = 0; t < 64; t++) {
        Random random = new Random(100 + t);
        running.add(
            threads.submit(
                () -> {
                  MemorySegment piece = MemorySegment.ofArray(new byte[4096]);
                  for (int i = 0; i < each; i++) {
                    stack.read(random.nextInt(BIG / 4096) * 4096L, piece);
                  }
                  return null;
                }));
      }
      for (Future<?> one : running) {
        one.get();
      }
      return 64.0 * each * 1e9 / (System.nanoTime() - start);
    }
  }

  /** Milliseconds until all layers are open. */
  private static double attach(RemoteLayers layers, List<LayerBlob> blobs) throws IOException {
    long start = System.nanoTime();
    List<Layer> opened = layers.open(blobs);
    double millis = (System.nanoTime() - start) / 1e6;
    for (Layer layer : opened) {
      layer.close();
    }
    return millis;
  }
}
