package dev.obdbuild.snapshots.changeset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.testkit.NeedsTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@NeedsTool({"gzip", "zstd"})
final class LayerTarTest {
  @TempDir Path temp;

  @ParameterizedTest
  @CsvSource({
    "GZIP, 6, 0",
    "GZIP, 6, 1",
    "GZIP, 9, 524288",
    "GZIP, 0, 524289",
    "GZIP, 1, 9000000",
    "ZSTD, 3, 0",
    "ZSTD, 3, 1024",
    "ZSTD, 1, 4194304",
    "ZSTD, 9, 9000000",
    "NONE, 0, 9000000"
  })
  void bytesDoNotDependOnThreadsAndOthersReadThem(
      TarFormat.Compression compression, int level, int size) throws Exception {
    TarFormat format = new TarFormat(compression, level, java.util.Optional.empty(), false);
    byte[] content = halfRandom(size);
    LayerTar one = write(content, format, temp.resolve("one"), 1);
    LayerTar three = write(content, format, temp.resolve("three"), 3);

    assertThat(Files.mismatch(temp.resolve("one"), temp.resolve("three"))).isEqualTo(-1);
    assertThat(one).isEqualTo(three);
    assertThat(one.diffId()).isEqualTo(Digest.sha256(content));
    byte[] stored = Files.readAllBytes(temp.resolve("one"));
    assertThat(one.digest()).isEqualTo(Digest.sha256(stored));
    assertThat(one.size()).isEqualTo(stored.length);
    assertThat(expanded(compression, temp.resolve("one"))).isEqualTo(content);
  }

  private byte[] expanded(TarFormat.Compression compression, Path file) throws Exception {
    if (compression == TarFormat.Compression.NONE) {
      return Files.readAllBytes(file);
    }
    String tool = compression == TarFormat.Compression.GZIP ? "gzip" : "zstd";
    Path out = temp.resolve("expanded");
    assertThat(new ProcessBuilder(tool, "-t").redirectInput(file.toFile()).start().waitFor())
        .isZero();
    assertThat(
            new ProcessBuilder(tool, "-dc")
                .redirectInput(file.toFile())
                .redirectOutput(out.toFile())
                .start()
                .waitFor())
        .isZero();
    return Files.readAllBytes(out);
  }

  @Test
  void aSourceThatFailsFailsTheLayer() {
    assertThatThrownBy(
            () -> {
              try (var pool = Executors.newFixedThreadPool(1)) {
                LayerTar.write(
                    tar -> {
                      tar.write(new byte[700_000]);
                      throw new IOException("the device is gone");
                    },
                    TarFormat.GZIP,
                    temp.resolve("failed"),
                    new LayerTar.Compressing(pool, 2));
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessage("the device is gone");
  }

  @ParameterizedTest
  @CsvSource({"GZIP, 10", "GZIP, -1", "ZSTD, 0", "ZSTD, 23", "NONE, 1"})
  void aLevelThatACompressionDoesNotHaveIsRefused(TarFormat.Compression compression, int level) {
    assertThatThrownBy(() -> new TarFormat(compression, level, java.util.Optional.empty(), false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not " + level);
  }

  private static LayerTar write(byte[] content, TarFormat format, Path file, int threads)
      throws IOException {
    try (var pool = Executors.newFixedThreadPool(threads)) {
      return LayerTar.write(
          tar -> tar.write(content), format, file, new LayerTar.Compressing(pool, 2 * threads));
    }
  }

  private static byte[] halfRandom(int size) {
    byte[] bytes = new byte[size];
    Random random = new Random(7);
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i / 1000 % 2 == 0 ? random.nextInt() : i / 7);
    }
    return bytes;
  }
}
