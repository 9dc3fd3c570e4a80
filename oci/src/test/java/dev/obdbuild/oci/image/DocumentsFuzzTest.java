package dev.obdbuild.oci.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.obdbuild.oci.json.MalformedDocumentException;
import org.junit.jupiter.api.Tag;

/** Documents of an image: understood and written alike each time, or refused by name. */
@Tag("fuzz")
final class DocumentsFuzzTest {

  @FuzzTest(maxDuration = "60s")
  void manifests(byte[] body) throws MalformedDocumentException {
    Manifest manifest;
    try {
      manifest = Manifest.parse(body, "d");
    } catch (MalformedDocumentException e) {
      assertRefused(e);
      return;
    }
    byte[] written = manifest.toJson();
    assertThat(Manifest.parse(written, "ours").toJson()).isEqualTo(written);
    manifest.layers().forEach(layer -> assertThat(layer.size()).isNotNegative());
  }

  @FuzzTest(maxDuration = "60s")
  void indexes(byte[] body) throws MalformedDocumentException {
    Index index;
    try {
      index = Index.parse(body, "d");
    } catch (MalformedDocumentException e) {
      assertRefused(e);
      return;
    }
    byte[] written = index.toJson();
    assertThat(Index.parse(written, "ours").toJson()).isEqualTo(written);
    index
        .choose(new Platform("linux", "arm64"))
        .ifPresent(m -> assertThat(index.manifests()).contains(m));
  }

  @FuzzTest(maxDuration = "60s")
  void configs(byte[] body) throws MalformedDocumentException {
    ImageConfig config;
    try {
      config = ImageConfig.parse(body, "d");
    } catch (MalformedDocumentException e) {
      assertRefused(e);
      return;
    }
    byte[] written = config.toJson();
    assertThat(ImageConfig.parse(written, "ours").toJson()).isEqualTo(written);
    assertThat(config.withoutTopLayer().diffIds())
        .hasSizeLessThanOrEqualTo(config.diffIds().size());
  }

  private static void assertRefused(MalformedDocumentException e) {
    assertThat(e).hasMessageStartingWith("d: ");
  }
}
