package dev.obdbuild.backstore.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.backstore.device.DeviceChoice;
import dev.obdbuild.backstore.device.DeviceExporter;
import dev.obdbuild.backstore.device.TcmuExporter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HostDevicesTest {
  @TempDir Path folder = Path.of("");

  @Test
  void fuseIsTakenWhereItIsChosen() throws Exception {
    HostDevices devices = new HostDevices(DeviceChoice.FUSE, Optional.empty());
    assertThat(kindOf(devices)).isEqualTo("fuse");
    assertThat(devices).hasToString("devices are made by fuse, as chosen");
  }

  @Test
  void tcmuIsTakenWhereTheKernelOffersItElseTheReasonIsTold() throws Exception {
    Optional<String> lacking = TcmuExporter.lacking();
    HostDevices devices = new HostDevices(DeviceChoice.AUTO, Optional.empty());
    assertThat(kindOf(devices)).isEqualTo(lacking.isEmpty() ? "tcmu" : "fuse");
    if (lacking.isPresent()) {
      assertThat(devices.toString()).contains("there is no tcmu", lacking.get());
      assertThatThrownBy(() -> new HostDevices(DeviceChoice.TCMU, Optional.empty()).open(folder))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("--device tcmu")
          .hasMessageContaining(lacking.get());
    }
  }

  @Test
  void aBackstoreThatIsNotThereIsNamed() {
    Path socket = folder.resolve("serve.sock");
    assertThatThrownBy(() -> new HostDevices(DeviceChoice.AUTO, Optional.of(socket)).open(folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("unix://" + socket)
        .hasMessageContaining("obd-backstore serve");
  }

  private String kindOf(HostDevices devices) throws Exception {
    DeviceExporter exporter = devices.open(folder);
    try (var _ = (AutoCloseable) exporter) {
      return exporter.kind();
    }
  }
}
