package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code RUN --device}: devices that vendors describe, asked for by real clients. */
final class VendorDeviceTest extends DaemonTest {

  private static final String STEP =
      "FROM BASE\n" + "RUN --device=DEVICE head -c 2 /dev/mine | od -An -tx1 && echo var=$VENDOR\n";

  @Override
  List<String> flags() {
    try {
      Path folder = Files.createDirectories(temp.resolve("cdi"));
      Files.writeString(
          folder.resolve("vendor.yaml"),
          """
          cdiVersion: "0.6.0"
          kind: vendor.com/gpu
          annotations:
            what: "a test"
          devices:
            - name: one
              containerEdits:
                deviceNodes: [{path: /dev/mine, hostPath: /dev/zero}]
                env: [VENDOR=here]
          """);
      return List.of("--cdi-spec-dir=" + folder, "--allow-insecure-entitlement", "device");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path context(String device) throws IOException {
    return it.context(STEP.replace("DEVICE", device));
  }

  @Test
  void aGrantedDeviceIsThere() throws Exception {
    Path context = context("vendor.com/gpu=one,required");

    String printed = it.build(context, "--allow=device").ok().err();

    assertThat(printed).contains(" 00 00", "var=here");
  }

  @Test
  void aDeviceThatIsNotGrantedIsRefused() throws Exception {
    assertThat(it.build(context("vendor.com/gpu=one,required")).failure())
        .contains("device vendor.com/gpu=one is requested by the build but not allowed");
  }

  @Test
  void aDeviceThatThereIsNotIsRefusedIfItIsRequired() throws Exception {
    assertThat(it.build(context("vendor.com/gpu=two,required"), "--allow=device").failure())
        .contains("required device \"vendor.com/gpu=two\" is not registered");
    Path optional = it.context("FROM BASE\nRUN --device=vendor.com/gpu=two echo without it\n");
    assertThat(it.build(optional, "--allow=device").ok().err()).contains("without it");
  }

  @Test
  void workersTellTheirDevices() throws Exception {
    assertThat(it.buildctl("debug", "workers", "--verbose").ok().out())
        .contains("vendor.com/gpu=one")
        .contains("a test");
  }
}
