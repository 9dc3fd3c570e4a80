package dev.obdbuild.snapshots.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BlobsTest {
  private static final byte[] HELLO = "hello\n".getBytes(StandardCharsets.UTF_8);
  private static final String HELLO_HEX =
      "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";

  @TempDir Path root;
  private Blobs blobs;
  private StorePaths paths;

  @BeforeEach
  void open() throws Exception {
    paths = StorePaths.create(root);
    blobs = new Blobs(paths, "owner");
  }

  @Test
  void bytesGetTheNameOfTheirDigest() throws Exception {
    assertThat(blobs.put(HELLO)).isEqualTo(HELLO_HEX);
    assertThat(blobs.put(HELLO)).isEqualTo(HELLO_HEX);
    assertThat(blobs.bytes(HELLO_HEX)).isEqualTo(HELLO);
    blobs.verify(HELLO_HEX);
  }

  @Test
  void aStreamThatIsNotWhatItSaysLeavesNothing() throws Exception {
    String wrong = "0".repeat(64);
    assertThatThrownBy(() -> blobs.put(new ByteArrayInputStream(HELLO), wrong))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(wrong)
        .hasMessageContaining(HELLO_HEX);
    assertThat(blobs.has(wrong)).isFalse();
    try (var files = Files.list(paths.temp("owner"))) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void aChangedBlobIsFound() throws Exception {
    blobs.put(HELLO);
    Files.writeString(blobs.path(HELLO_HEX), "hullo\n");
    assertThatThrownBy(() -> blobs.verify(HELLO_HEX)).hasMessageContaining("holds sha256:");
  }

  @Test
  void namesOutsideTheStoreAreRefused() {
    assertThatThrownBy(() -> paths.blob("../" + "0".repeat(61)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> paths.raw("../x")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> paths.raw("")).isInstanceOf(IllegalArgumentException.class);
  }
}
