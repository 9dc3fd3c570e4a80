package dev.obdbuild.backstore.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.backstore.device.BlockDevice;
import dev.obdbuild.backstore.device.DeviceExporter;
import dev.obdbuild.backstore.device.ExportedDevice;
import dev.obdbuild.backstore.device.MemoryDevice;
import dev.obdbuild.backstore.remote.Fetched;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class MetricsTest {
  /** Exports nothing; keeps what it was given. */
  private static final class NoExporter implements DeviceExporter {
    private final List<BlockDevice> given = new ArrayList<>();

    @Override
    public ExportedDevice export(BlockDevice device, String name, boolean readOnly) {
      given.add(device);
      return new ExportedDevice() {
        @Override
        public Path node() {
          return Path.of("/dev/none");
        }

        @Override
        public int sectorSize() {
          return 512;
        }

        @Override
        public void abort() {}

        @Override
        public void close() {}
      };
    }

    @Override
    public String kind() {
      return "none";
    }
  }

  @Test
  void requestsAreCountedWhileADeviceIsExportedAndInTotalAfterwards() throws Exception {
    LiveDevices devices = new LiveDevices();
    NoExporter none = new NoExporter();
    List<String> closed = new ArrayList<>();
    try (MeteringExporter exporter =
            new MeteringExporter(
                none,
                new Metering(devices, layers -> Fetched.NOTHING, Optional.empty()),
                () -> closed.add("listener"));
        BlockDevice device = new MemoryDevice(1 << 20, 4096)) {
      try (ExportedDevice exported = exporter.export(device, "d", false)) {
        assertThat(exported.node()).isEqualTo(Path.of("/dev/none"));
        MemorySegment block = MemorySegment.ofArray(new byte[4096]);
        none.given.getFirst().write(0, block);
        none.given.getFirst().read(0, block);
        none.given.getFirst().read(4096, block);
        assertThatThrownBy(() -> none.given.getFirst().read(1 << 20, block))
            .isInstanceOf(Exception.class);
        assertThat(devices.list()).hasSize(1);
        assertThat(devices.list().getFirst().meter().counts())
            .isEqualTo(new DeviceCounts(2, 8192, 1, 4096, 1));
      }
      assertThat(devices.list()).isEmpty();
      assertThat(devices.total().counts().reads()).isEqualTo(2);
    }
    assertThat(closed).containsExactly("listener");
  }

  @Test
  void aHistogramsBucketsAddUp() {
    DeviceMeter meter = new DeviceMeter();
    meter.read(1, 500);
    meter.read(1, 3_000_000);
    meter.read(1, 3_000_000_000_000L);
    meter.begun();
    String page = new MetricsPage().devices(meter).toString();
    assertThat(page)
        .contains("obd_device_read_seconds_bucket{le=\"0.000001\"} 1\n")
        .contains("obd_device_read_seconds_bucket{le=\"0.002048\"} 1\n")
        .contains("obd_device_read_seconds_bucket{le=\"0.004096\"} 2\n")
        .contains("obd_device_read_seconds_bucket{le=\"+Inf\"} 3\n")
        .contains("obd_device_read_seconds_count 3\n")
        .contains("obd_device_reads_in_flight 1\n")
        .contains("# TYPE obd_device_reads_total counter\nobd_device_reads_total 3\n");
  }

  private static HttpResponse<String> get(int port, String path)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void thePageIsShownAtItsPathAndNothingElseIs() throws Exception {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0);
    try (MetricsServer server = MetricsServer.start(any, "/metrics", () -> "a 1\n")) {
      assertThat(get(server.port(), "/metrics").body()).isEqualTo("a 1\n");
      assertThat(get(server.port(), "/metrics?x=y").statusCode()).isEqualTo(200);
      assertThat(get(server.port(), "/").statusCode()).isEqualTo(404);
      InetSocketAddress taken = new InetSocketAddress("127.0.0.1", server.port());
      assertThatThrownBy(() -> MetricsServer.start(taken, "/", () -> ""))
          .hasMessageContaining("metrics cannot be shown at");
    }
  }
}
