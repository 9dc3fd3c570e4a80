package dev.obdbuild.backstore.cache;

import static dev.obdbuild.backstore.cache.Blocks.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.backstore.cache.CacheCheck.Report;
import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.layer.SealedLayerWriter;
import dev.obdbuild.overlaybd.lsmt.CommitOptions;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import dev.obdbuild.overlaybd.zfile.Codec;
import dev.obdbuild.overlaybd.zfile.ZFileOptions;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheCheckTest {

  private static final int MIB = 1 << 20;

  @TempDir private Path temp;
  private Path folder;
  private byte[] blob = {};
  private String key = "";

  /** A real compressed layer of 4 MiB of noise. */
  @BeforeEach
  void layer() throws Exception {
    folder = Files.createDirectory(temp.resolve("cache"));
    Path file = temp.resolve("layer");
    byte[] noise = new byte[4 * MIB];
    new Random(1).nextBytes(noise);
    try (SparseLayer layer = SparseLayer.create(new MemoryFile(), 64 * MIB)) {
      layer.write(0, MemorySegment.ofArray(noise));
      try (Layer frozen = layer.freeze()) {
        var _ =
            SealedLayerWriter.seal(
                frozen,
                CommitOptions.of(64 * MIB),
                Optional.of(new ZFileOptions(Codec.ZSTD, 16 << 10, true)),
                true,
                file,
                0);
      }
    }
    blob = Files.readAllBytes(file);
    key = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(blob));
  }

  private CountingSource fetch(long... ranges) throws Exception {
    CountingSource source = new CountingSource(blob);
    try (BlockCache cache = BlockCache.open(folder, 1 << 30);
        BlockFile file = cache.wrap(key, source)) {
      for (int i = 0; i < ranges.length; i += 2) {
        int length = (int) ranges[i + 1];
        byte[] expected =
            java.util.Arrays.copyOfRange(blob, (int) ranges[i], (int) ranges[i] + length);
        assertThat(read(file, ranges[i], length)).isEqualTo(expected);
      }
    }
    return source;
  }

  private void flip(long offset) throws Exception {
    try (RandomAccessFile data =
        new RandomAccessFile(folder.resolve(key + ".data").toFile(), "rw")) {
      data.seek(offset);
      int old = data.read();
      data.seek(offset);
      data.write(old ^ 1);
    }
  }

  private void clean() throws Exception {
    assertThat(CacheCheck.run(folder).damage()).isEmpty();
  }

  @Test
  void what_is_right_stays() throws Exception {
    fetch(0, blob.length);
    Report report = CacheCheck.run(folder);
    assertThat(report.damage()).isEmpty();
    assertThat(report.blobs()).isEqualTo(1);
    assertThat(report.bytes()).isGreaterThan(blob.length);
    assertThat(fetch(0, blob.length).requests()).as("all is still there").isEmpty();
  }

  @Test
  void a_flipped_bit_of_a_whole_blob_costs_its_block_only() throws Exception {
    fetch(0, blob.length);
    flip(2 * MIB);
    assertThat(CacheCheck.run(folder).damage())
        .singleElement()
        .asString()
        .contains("sha256:" + key)
        .containsPattern("ZFile block 12[0-9] at offset 20[0-9]{5} ");
    clean();
    CountingSource again = fetch(0, blob.length);
    assertThat(again.requests()).isNotEmpty();
    assertThat(again.requests().stream().mapToLong(CountingSource.Request::length).sum())
        .isLessThan(MIB);
    clean();
  }

  @Test
  void so_does_one_of_a_blob_of_which_only_a_part_is_there() throws Exception {
    fetch(0, 8192, blob.length - 40_000L, 40_000, MIB, MIB);
    flip(MIB + MIB / 2);
    assertThat(CacheCheck.run(folder).damage()).hasSize(1);
    clean();
    fetch(MIB, MIB);
    clean();
  }

  @Test
  void what_cannot_be_checked_stays() throws Exception {
    fetch(MIB, MIB);
    assertThat(CacheCheck.run(folder).damage()).isEmpty();
    assertThat(fetch(MIB, MIB).requests()).isEmpty();
  }

  @Test
  void a_damaged_index_costs_the_whole_blob() throws Exception {
    fetch(0, blob.length);
    flip(1536 + 32);
    assertThat(CacheCheck.run(folder).damage())
        .singleElement()
        .asString()
        .contains("dropped from the cache");
    clean();
    fetch(0, blob.length);
    clean();
  }

  @Test
  void a_cut_off_file_is_found_short_and_data_without_a_map_goes() throws Exception {
    fetch(0, blob.length);
    Path data = folder.resolve(key + ".data");
    try (RandomAccessFile file = new RandomAccessFile(data.toFile(), "rw")) {
      file.setLength(MIB);
    }
    Files.writeString(folder.resolve("ab".repeat(32) + ".data"), "x");
    assertThat(CacheCheck.run(folder).damage())
        .anyMatch(line -> line.contains("nothing says which blocks"))
        .anyMatch(line -> line.contains(key + ": the cached blob's file is too short for "));
    clean();
    fetch(0, blob.length);
    clean();
  }

  @Test
  void a_folder_that_is_not_there_holds_nothing() throws Exception {
    assertThat(CacheCheck.run(temp.resolve("nothing")).blobs()).isZero();
  }
}
