package dev.obdbuild.backstore.attach;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.backstore.config.ServiceSpec;
import dev.obdbuild.backstore.device.DeviceChoice;
import dev.obdbuild.linux.loop.LoopDevice;
import dev.obdbuild.linux.mount.MountTable;
import dev.obdbuild.testkit.Shared;
import dev.obdbuild.testkit.TestRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** Serves configurations from a folder of the test, and sees that nothing is left of it. */
abstract class ServingFixture {
  private static final Path FIXTURES = Path.of("fixtures/overlaybd");
  static final String BLOBS = "GET /v2/team/app/blobs";

  @TempDir Path folder = Path.of("");
  final List<String> log = new CopyOnWriteArrayList<>(); // looked through while others add

  @AfterEach
  void nothingIsLeft() throws IOException {
    assertThat(MountTable.read().below(folder)).isEmpty();
    for (LoopDevice loop : LoopDevice.attached()) {
      assertThat(loop.backingFile().filter(file -> file.startsWith(folder))).isEmpty();
    }
    assertThat(attachments().list()).isEmpty();
  }

  static Path fixture(String name) {
    return Shared.path(FIXTURES.resolve(name).toString());
  }

  Attachments attachments() {
    return new Attachments(folder.resolve("run"));
  }

  ServiceSpec service() throws IOException {
    return service("'enableAudit': false");
  }

  /**
   * @param more of the configuration, with single quotation marks
   */
  ServiceSpec service(String more) throws IOException {
    String text =
        "{'cacheConfig': {'cacheType': 'file', 'cacheDir': '%s'},"
            + " 'credentialConfig': {'mode': 'file', 'path': '%s'}, "
            + more
            + "}";
    return ServiceSpec.parse(
        text.formatted(folder.resolve("cache"), folder.resolve("cred.json"))
            .replace('\'', '"')
            .getBytes(US_ASCII),
        "overlaybd.json");
  }

  Serving serve(Path config) throws IOException {
    return serve(config, service());
  }

  Serving serve(Path config, ServiceSpec service) throws IOException {
    return Serving.start(config, service, DeviceChoice.FUSE, attachments(), log::add);
  }

  /** A configuration of the fixtures, with its places filled in. */
  Path config(String name) throws IOException {
    String text = Files.readString(fixture("config/" + name + ".json"));
    return write(
        text.replace("$F", Shared.path(FIXTURES.toString()).toString())
            .replace("$W", folder.toString()));
  }

  Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("config.v1.json"), text.replace('\'', '"'));
  }

  String result() throws IOException {
    return Files.readString(folder.resolve("result"));
  }

  static byte[] read(Path node, long offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    try (FileChannel channel = FileChannel.open(node, StandardOpenOption.READ)) {
      while (buffer.hasRemaining() && channel.read(buffer, offset + buffer.position()) >= 0) {}
    }
    return buffer.array();
  }

  static void write(Path node, long offset, byte[] bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(node, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes), offset);
      channel.force(true);
    }
  }

  /** Puts the three layers of the fixtures' filesystem on a registry; yields the lowers. */
  static String publish(TestRegistry registry) throws IOException {
    List<String> lowers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      byte[] layer = Files.readAllBytes(fixture("apply/layer" + i));
      String digest = registry.putBlob("team/app", layer);
      lowers.add("{'digest': '%s', 'size': %d}".formatted(digest, layer.length));
    }
    return String.join(",", lowers);
  }
}
