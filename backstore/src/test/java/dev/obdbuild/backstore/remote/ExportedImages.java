package dev.obdbuild.backstore.remote;

import dev.obdbuild.backstore.cache.BlockCache;
import dev.obdbuild.backstore.device.ExportedDevice;
import dev.obdbuild.backstore.device.FuseLoopExporter;
import dev.obdbuild.backstore.device.StackDevice;
import dev.obdbuild.linux.sys.Closing;
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
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process that exports many images of a registry, and says their nodes. */
final class ExportedImages {
  static final String READY = "ready";

  private ExportedImages() {}

  /**
   * Serves until its input ends. Arguments: folder for the exporter's files, cache folder, bound of
   * the cache, registry, and for each image the digest and size of its one layer as digest=size.
   */
  public static void main(String[] arguments) throws IOException {
    List<String> said = List.of(arguments);
    Repository repository = new Repository(said.get(3), "r");
    try (Closing open = new Closing()) {
      RegistryClient client =
          open.add(new RegistryClient(RegistryConfig.defaults(), Credentials.none()));
      BlockCache cache =
          open.add(BlockCache.open(Path.of(said.get(1)), Long.parseLong(said.get(2))));
      List<LayerBlob> blobs = new ArrayList<>();
      for (String image : said.subList(4, said.size())) {
        String[] parts = image.split("=", 2);
        Digest digest = Digest.parse(parts[0]);
        long size = Long.parseLong(parts[1]);
        blobs.add(new LayerBlob(new Descriptor(MediaTypes.OCI_LAYER, digest, size), repository));
      }
      List<Layer> layers = new RemoteLayers(client, cache).open(blobs);
      layers.forEach(open::add);
      FuseLoopExporter exporter = open.add(new FuseLoopExporter(Path.of(said.get(0))));
      for (Layer layer : layers) {
        StackDevice device = open.add(StackDevice.readOnly(LayerStack.of(List.of(layer))));
        ExportedDevice exported = open.add(exporter.export(device, "image", true));
        System.out.println(exported.node());
      }
      System.out.println(READY);
      System.in.readAllBytes();
    }
  }
}
