package dev.obdbuild.overlaybd.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.overlaybd.block.ChannelFile;
import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.lsmt.CommitOptions;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerCommit;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import dev.obdbuild.overlaybd.zfile.Codec;
import dev.obdbuild.overlaybd.zfile.ZFileOptions;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.SplitRandom;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SealedLayerWriterTest {
  private static final int SIZE = 4 << 20;

  @TempDir Path folder;

  private static Layer sample(byte[] device, long seed) throws IOException {
    SparseLayer layer = SparseLayer.create(new MemoryFile(), SIZE);
    SplitRandom.run(
        seed,
        random -> {
          for (int i = 0; i < 40; i++) {
            byte[] bytes =
                i % 2 == 0
                    ? SplitRandom.bytes(random, 512 * (1 + random.nextInt(500)))
                    : "some text\n"
                        .repeat(4096)
                        .substring(0, 512 * (1 + random.nextInt(40)))
                        .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            int at = random.nextInt((SIZE - bytes.length) / 512) * 512;
            layer.write(at, MemorySegment.ofArray(bytes));
            System.arraycopy(bytes, 0, device, at, bytes.length);
          }
        });
    return layer.freeze();
  }

  @ParameterizedTest
  @CsvSource({
    "none,0,true",
    "none,0,false",
    "LZ4,4096,true",
    "LZ4,16384,false",
    "ZSTD,4096,true",
    "ZSTD,32768,true",
    "LZ4,65536,true",
    "ZSTD,65536,false"
  })
  void a_sealed_layer_reads_like_the_raw_one(String codec, int blockSize, boolean tar)
      throws Exception {
    byte[] device = new byte[SIZE];
    Layer raw = sample(device, 11);
    Optional<ZFileOptions> options =
        codec.equals("none")
            ? Optional.empty()
            : Optional.of(new ZFileOptions(Codec.valueOf(codec), blockSize, true));
    Path out = folder.resolve("layer");
    SealedLayerWriter.Result result =
        SealedLayerWriter.seal(raw, CommitOptions.of(SIZE), options, tar, out, 2);
    byte[] file = Files.readAllBytes(out);
    assertThat(result.size()).isEqualTo(file.length);
    assertThat(result.sha256()).isEqualTo(MessageDigest.getInstance("SHA-256").digest(file));
    // Random data does not fit in the original's buffer in blocks of 64 KiB.
    assertThat(result.compression().map(ZFileOptions::blockSize).orElse(0))
        .isEqualTo(blockSize == 65536 ? 32768 : blockSize);
    try (Layer sealed = LayerFile.open(ChannelFile.open(out), "sealed")) {
      assertThat(sealed.data().size()).isEqualTo(result.layerSize());
      byte[] got = new byte[SIZE];
      LayerStack.of(List.of(sealed)).read(0, MemorySegment.ofArray(got));
      assertThat(got).isEqualTo(device);
    }
  }

  @Test
  @NeedsTool("tar")
  void tar_lists_the_one_member_with_its_size() throws Exception {
    Path out = folder.resolve("layer.tar");
    SealedLayerWriter.Result result =
        SealedLayerWriter.seal(
            sample(new byte[SIZE], 5),
            CommitOptions.of(SIZE),
            Optional.of(new ZFileOptions(Codec.LZ4, 4096, true)),
            true,
            out,
            1);
    Process tar =
        new ProcessBuilder("tar", "-tvf", out.toString()).redirectErrorStream(true).start();
    String listing =
        new String(tar.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(tar.waitFor()).as(listing).isZero();
    assertThat(listing).contains("overlaybd.commit").contains(" " + result.payloadSize() + " ");
  }

  @Test
  void equal_input_gives_equal_files_whatever_the_threads() throws IOException {
    Layer raw = sample(new byte[SIZE], 3);
    ZFileOptions options = new ZFileOptions(Codec.ZSTD, 16384, true);
    byte[] first =
        SealedLayerWriter.seal(
                raw, CommitOptions.of(SIZE), Optional.of(options), true, folder.resolve("a"), 0)
            .sha256();
    assertThat(
            SealedLayerWriter.seal(
                    raw, CommitOptions.of(SIZE), Optional.of(options), true, folder.resolve("b"), 3)
                .sha256())
        .isEqualTo(first);
  }

  @Test
  void a_plain_layer_is_what_a_commit_gives_a_sink_that_lends_no_memory() throws IOException {
    Layer raw = sample(new byte[SIZE], 9);
    Path out = folder.resolve("plain");
    SealedLayerWriter.seal(raw, CommitOptions.of(SIZE), Optional.empty(), false, out, 2);
    MemoryFile committed = new MemoryFile();
    LayerCommit.write(raw, CommitOptions.of(SIZE), committed);
    byte[] bytes = new byte[(int) committed.size()];
    committed.read(0, MemorySegment.ofArray(bytes));
    assertThat(Files.readAllBytes(out)).isEqualTo(bytes);
  }
}
