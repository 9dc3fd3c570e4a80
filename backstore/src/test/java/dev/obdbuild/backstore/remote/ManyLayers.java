package dev.obdbuild.backstore.remote;

import dev.obdbuild.backstore.cache.BlockCache;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.oci.registry.RegistryConfig;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A process that reads many layers at once, each by several readers. */
final class ManyLayers {

  private static final int PIECE = 1 << 20;
  private static final int READERS = 3;

  private ManyLayers() {}

  /** Arguments: cache folder, its bound, registry, bytes of a layer's content, then digest=size. */
  public static void main(String[] arguments) throws Exception {
    Repository repository = new Repository(arguments[2], "r");
    int content = Integer.parseInt(arguments[3]);
    try (RegistryClient client = new RegistryClient(RegistryConfig.defaults(), Credentials.none());
        BlockCache cache = BlockCache.open(Path.of(arguments[0]), Long.parseLong(arguments[1]))) {
      List<LayerBlob> blobs = new ArrayList<>();
      for (String said : List.of(arguments).subList(4, arguments.length)) {
        String[] parts = said.split("=", 2);
        blobs.add(
            new LayerBlob(
                new Descriptor(
                    MediaTypes.OCI_LAYER, Digest.parse(parts[0]), Long.parseLong(parts[1])),
                repository));
      }
      List<Layer> layers = new RemoteLayers(client, cache).open(blobs);
      read(layers, content);
      for (Layer layer : layers) {
        layer.close();
      }
    }
  }

  private static void read(List<Layer> layers, int content) throws Exception {
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Future<?>> running = new ArrayList<>();
      for (Layer layer : layers) {
        for (int r = 0; r < READERS; r++) {
          boolean random = r == 0;
          running.add(
              threads.submit(
                  () -> {
                    try (Arena arena = Arena.ofConfined()) {
                      read(LayerStack.of(List.of(layer)), content, random, arena.allocate(PIECE));
                    }
                    return null;
                  }));
        }
      }
      for (Future<?> one : running) {
        one.get();
      }
    }
  }

  private static void read(LayerStack stack, int content, boolean random, MemorySegment piece)
      throws Exception {
    Random places = new Random(content);
    for (int at = 0; at + PIECE <= content; at += PIECE) {
      stack.read(random ? places.nextInt(content - PIECE) : at, piece);
    }
  }
}
