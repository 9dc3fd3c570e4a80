package dev.obdbuild.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.llb.Node;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.TestRegistry;
import dev.obdbuild.testkit.TinyImage;
import dev.obdbuild.worker.BuildFixture.Built;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a graph can say of an image of a registry. */
@NeedsRoot
@NeedsDevice
@NeedsTool({"mke2fs"})
@Timeout(120)
final class ImageSourceTest {

  @TempDir Path folder;
  private TestRegistry registry;
  private BuildFixture builder;
  private String digest = "";

  @BeforeEach
  void open() throws IOException {
    registry = TestRegistry.start();
    builder = new BuildFixture(folder, registry, "unused");
    TinyImage image = TinyImage.of(Map.of("one", "1"), Map.of("two", "2"));
    image.putOn(registry, "tiny", "1");
    digest = image.digest();
  }

  @AfterEach
  void close() throws Exception {
    try (TestRegistry closing = registry) {
      builder.close();
    }
  }

  private Node.Out image(String... attrs) {
    Map<String, String> all = new TreeMap<>();
    for (int i = 0; i < attrs.length; i += 2) {
      all.put(attrs[i], attrs[i + 1]);
    }
    return BuildFixture.source("docker-image://" + registry.host() + "/tiny:1", all);
  }

  @Test
  void theLowestLayersAreAnImageOfTheirOwn() throws IOException {
    try (Built whole = builder.build(image());
        Built part = builder.build(image("image.layerlimit", "1"))) {
      assertThat(whole.names("")).containsExactly("one", "two");
      assertThat(part.names("")).containsExactly("one");
    }
    try (Built both = builder.build(image("image.layerlimit", "2"))) {
      assertThat(both.names("")).containsExactly("one", "two");
    }
    assertThatThrownBy(() -> builder.build(image("image.layerlimit", "3")))
        .hasMessageContaining("layer limit 3 is greater than the number of layers in the image 2");
    assertThatThrownBy(() -> builder.build(image("image.layerlimit", "0")))
        .hasMessageContaining("invalid layer limit 0");
    assertThatThrownBy(() -> builder.build(image("image.layerlimit", "x")))
        .hasMessageContaining("invalid layer limit x");
  }

  @Test
  void kindsAndModesAreThoseThatThereAre() throws IOException {
    for (String type : new String[] {"regular", "internal", "frontend"}) {
      builder.build(image("image.recordtype", type)).close();
    }
    for (String mode : new String[] {"default", "pull", "local"}) {
      builder.build(image("image.resolvemode", mode)).close();
    }
    assertThatThrownBy(() -> builder.build(image("image.recordtype", "x")))
        .hasMessageContaining("invalid record type x");
    assertThatThrownBy(() -> builder.build(image("image.resolvemode", "x")))
        .hasMessageContaining("x");
  }

  @Test
  void anImageIsHeldAgainstItsChecksum() throws IOException {
    builder.build(image("image.checksum", digest)).close();
    String other = "sha256:" + "0".repeat(64);
    assertThatThrownBy(() -> builder.build(image("image.checksum", other)))
        .hasMessageContaining("image digest " + digest)
        .hasMessageContaining("does not match expected checksum " + other);
  }
}
