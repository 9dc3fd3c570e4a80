package dev.obdbuild.backstore.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.backstore.cache.BlockCache;
import dev.obdbuild.backstore.cache.CacheOptions;
import dev.obdbuild.backstore.metrics.DeviceNumbers;
import dev.obdbuild.backstore.remote.RemoteLayers;
import dev.obdbuild.backstore.serve.BackstoreServer;
import dev.obdbuild.backstore.serve.RemoteExporter;
import dev.obdbuild.backstore.serve.ServeManner;
import dev.obdbuild.backstore.tcmu.TargetName;
import dev.obdbuild.backstore.tcmu.TcmuTarget;
import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.oci.registry.RegistryConfig;
import dev.obdbuild.overlaybd.lsmt.LayerIdentity;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import dev.obdbuild.testkit.ChildJvm;
import dev.obdbuild.testkit.SplitRandom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices of a server by TCMU, which is killed. Runs in the guest of {@link TcmuGuestTest}. */
final class TcmuServed {
  private static final int SIZE = 32 << 20;

  @TempDir Path folder = Path.of("");

  /** The server. */
  static final class Server {
    private Server() {}

    /** Argument: its folder. */
    public static void main(String[] arguments) throws IOException {
      Path folder = Path.of(arguments[0]);
      ServeManner manner = new ServeManner(DeviceChoice.TCMU, true, Optional.empty());
      try (RegistryClient registry =
              new RegistryClient(RegistryConfig.defaults(), Credentials.none());
          BlockCache cache = BlockCache.open(folder.resolve("cache"), CacheOptions.of(1 << 20));
          BackstoreServer server =
              BackstoreServer.start(
                  socket(folder),
                  folder.resolve("state"),
                  new RemoteLayers(registry, cache),
                  manner,
                  System.err::println)) {
        System.out.println(server.devices());
        System.in.readAllBytes();
      }
    }
  }

  private static Path socket(Path folder) {
    return folder.resolve("s");
  }

  private Process serve(int devices) throws IOException {
    Process server = ChildJvm.start(Server.class, folder.toString());
    assertThat(ChildJvm.firstLine(server)).isEqualTo(Integer.toString(devices));
    return server;
  }

  private LayeredExport export(RemoteExporter exporter) throws IOException {
    TopFiles files =
        new TopFiles(folder.resolve("data"), folder.resolve("journal"), folder.resolve("index"));
    SparseLayer top =
        SparseLayer.createJournalled(
            HostSparseFile.create(files.data()),
            HostSparseFile.create(files.journal()),
            SIZE,
            LayerIdentity.random());
    LayerPlaces places =
        new LayerPlaces() {
          @Override
          public List<LayerPlace> below() {
            return List.of();
          }

          @Override
          public Optional<TopFiles> top() {
            return Optional.of(files);
          }
        };
    StackDevice device = new StackDevice(LayerStack.of(List.of(), SIZE), top);
    return exporter.exportLayers(device, places, "step");
  }

  private RemoteExporter exporter(Duration patience) throws IOException {
    return new RemoteExporter(
        Files.createDirectories(folder.resolve("owner")), socket(folder), patience);
  }

  private void checkThatNothingIsLeft() throws IOException {
    Path devices = folder.toRealPath().resolve("state/devices");
    assertThat(TcmuTarget.ownedBy(TargetName.owner(devices))).isEmpty();
  }

  @Test
  void aStepGoesOnThroughAKillOfItsServer() throws Exception {
    byte[] bytes = SplitRandom.bytes(new SplittableRandom(3), 1 << 20);
    Process server = serve(0);
    try (RemoteExporter exporter = exporter(Duration.ofSeconds(60))) {
      LayeredExport export = export(exporter);
      assertThat(export.exported().node().toString()).startsWith("/dev/sd");
      try (NodeFile node = new NodeFile(export.exported().node())) {
        node.write(1 << 20, bytes);
        ChildJvm.kill(server);
        server = serve(1);
        assertThat(node.read(1 << 20, 1 << 20)).isEqualTo(bytes);
        node.write(8 << 20, bytes);
      }
      DeviceNumbers numbers = exporter.numbers().getFirst();
      assertThat(numbers.node()).isEqualTo(export.exported().node());
      assertThat(numbers.counts().written()).isGreaterThanOrEqualTo(1 << 20);
      assertThat(export.device().failure()).isEmpty();
      export.device().freezeTop().close();
      export.exported().close();
      export.device().close();
    }
    server.getOutputStream().close();
    assertThat(server.waitFor()).isZero();
    checkThatNothingIsLeft();
  }

  @Test
  void aServerThatStaysAwayFailsItsDevicesInTheEnd() throws Exception {
    Process server = serve(0);
    try (RemoteExporter exporter = exporter(Duration.ofSeconds(2))) {
      LayeredExport export = export(exporter);
      try (NodeFile node = new NodeFile(export.exported().node())) {
        ChildJvm.kill(server);
        assertThatThrownBy(() -> node.read(1 << 20, 4096)).isInstanceOf(IOException.class);
      }
      assertThat(export.device().failure()).isPresent();
      server = serve(0); // which cannot serve it on
      export.exported().close();
      export.device().close();
    }
    server.getOutputStream().close();
    assertThat(server.waitFor()).isZero();
    checkThatNothingIsLeft();
  }
}
