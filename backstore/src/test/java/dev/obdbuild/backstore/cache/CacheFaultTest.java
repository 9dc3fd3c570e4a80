package dev.obdbuild.backstore.cache;

import static dev.obdbuild.backstore.cache.Blocks.key;
import static dev.obdbuild.backstore.cache.Blocks.read;
import static dev.obdbuild.backstore.cache.Blocks.slice;
import static dev.obdbuild.backstore.cache.Blocks.source;
import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.testkit.ChildJvm;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.SmallDisk;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class CacheFaultTest {

  private static final int MIB = 1 << 20;

  @TempDir Path folder;

  private void readAll(CountingSource source) throws Exception {
    try (BlockCache cache = BlockCache.open(folder, 1 << 30);
        BlockFile file = cache.wrap(key(1), source)) {
      assertThat(read(file, 0, source.bytes.length)).isEqualTo(source.bytes);
    }
  }

  private static void truncate(Path file, long size) throws Exception {
    try (OpenFile open = OpenFile.readWrite(file)) {
      open.truncate(size);
    }
  }

  @Test
  void a_data_file_that_was_cut_off_is_fetched_again() throws Exception {
    readAll(source(3 * MIB));
    truncate(folder.resolve(key(1) + ".data"), MIB + 100);
    readAll(source(3 * MIB));
  }

  /** Blobs need not have checksums of their own. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void what_was_cut_off_is_not_zeros_once_blocks_behind_it_are_fetched(boolean deleted)
      throws Exception {
    CountingSource source = source(8 * MIB);
    try (BlockCache cache = BlockCache.open(folder, 1 << 30);
        BlockFile file = cache.wrap(key(1), source)) {
      read(file, 0, 2 * MIB);
    }
    Path data = folder.resolve(key(1) + ".data");
    if (deleted) {
      Files.delete(data);
    } else {
      truncate(data, MIB + 100);
    }
    try (BlockCache cache = BlockCache.open(folder, 1 << 30);
        BlockFile file = cache.wrap(key(1), source)) {
      assertThat(read(file, 7 * MIB, MIB)).isEqualTo(slice(source, 7 * MIB, MIB));
      assertThat(read(file, 0, 2 * MIB)).isEqualTo(slice(source, 0, 2 * MIB));
    }
  }

  @Test
  void a_data_file_that_is_cut_off_while_it_is_read_is_fetched_again() throws Exception {
    CountingSource source = source(3 * MIB);
    try (BlockCache cache = BlockCache.open(folder, 1 << 30);
        BlockFile file = cache.wrap(key(1), source)) {
      read(file, 0, 3 * MIB);
      truncate(folder.resolve(key(1) + ".data"), 2 * MIB);
      assertThat(read(file, MIB, 2 * MIB)).isEqualTo(slice(source, MIB, 2 * MIB));
    }
  }

  @Test
  void a_map_that_was_cut_off_is_begun_anew() throws Exception {
    readAll(source(3 * MIB));
    truncate(folder.resolve(key(1) + ".map"), 70);
    readAll(source(3 * MIB));
  }

  @Test
  void a_map_that_is_cut_off_while_it_is_read_is_gone_past() throws Exception {
    CountingSource source = source(3 * MIB);
    try (BlockCache cache = BlockCache.open(folder, 1 << 30);
        BlockFile file = cache.wrap(key(1), source)) {
      read(file, 0, 2 * MIB);
      truncate(folder.resolve(key(1) + ".map"), 30);
      assertThat(read(file, MIB, 2 * MIB)).isEqualTo(slice(source, MIB, 2 * MIB));
      assertThat(read(file, 0, 2 * MIB)).isEqualTo(slice(source, 0, 2 * MIB));
      assertThat(cache.trouble()).isPresent();
      truncate(folder.resolve(key(1) + ".map"), 0);
      assertThat(read(file, MIB, 2 * MIB)).isEqualTo(slice(source, MIB, 2 * MIB));
    }
    readAll(source);
  }

  @Test
  void a_map_of_another_blob_size_is_begun_anew() throws Exception {
    readAll(source(3 * MIB));
    readAll(source(2 * MIB));
  }

  @Test
  void a_reader_that_is_interrupted_breaks_the_cache_for_nobody() throws Exception {
    CountingSource source = source(MIB);
    try (BlockCache cache = BlockCache.open(folder, 1 << 30);
        BlockFile file = cache.wrap(key(1), source)) {
      read(file, 0, MIB / 2);
      Thread.currentThread().interrupt();
      try {
        read(file, 0, MIB / 2);
        file.evict(0, MIB);
      } finally {
        assertThat(Thread.interrupted()).isTrue();
      }
      assertThat(read(file, 0, MIB)).isEqualTo(source.bytes);
    }
  }

  @Test
  @NeedsRoot
  void a_full_disk_costs_only_the_keeping() throws Exception {
    try (SmallDisk _ = SmallDisk.on(folder, 2)) {
      CountingSource source = source(8 * MIB);
      try (BlockCache cache = BlockCache.open(folder, 1 << 30);
          BlockFile file = cache.wrap(key(1), source)) {
        Random random = new Random(3);
        for (int i = 0; i < 200; i++) {
          int length = 1 + random.nextInt(300_000);
          int offset = random.nextInt(source.bytes.length - length);
          assertThat(read(file, offset, length)).isEqualTo(slice(source, offset, length));
        }
        assertThat(cache.trouble()).isPresent();
      }
    }
  }

  /** Where the cache lies layers are written, too, and the records by which it is pruned. */
  @Test
  @NeedsRoot
  void the_last_bytes_of_a_disk_are_not_the_caches() throws Exception {
    try (SmallDisk _ = SmallDisk.on(folder, 16)) {
      CountingSource source = source(32 * MIB);
      try (BlockCache cache = BlockCache.open(folder, 1 << 30);
          BlockFile file = cache.wrap(key(1), source)) {
        for (int at = 0; at < 32 * MIB; at += MIB / 2) {
          assertThat(read(file, at, MIB / 2)).isEqualTo(slice(source, at, MIB / 2));
        }
        assertThat(cache.trouble().orElseThrow()).hasMessageContaining("nearly full");
        assertThat(cache.size()).as("most of the disk is used").isGreaterThan(8 * MIB);
        Path beside = Files.write(folder.resolve("beside"), new byte[MIB - MIB / 8]);
        assertThat(beside).hasSize(MIB - MIB / 8);
      }
    }
  }

  @Test
  void what_a_killed_process_leaves_is_right() throws Exception {
    kill(new Random(11), 6);
  }

  @Test
  @Tag("slow")
  @Timeout(600)
  void what_many_killed_processes_leave_is_right() throws Exception {
    kill(new Random(), 60);
  }

  private void kill(Random random, int rounds) throws Exception {
    int bound = 3 * MIB;
    for (int round = 0; round < rounds; round++) {
      Process child =
          ChildJvm.start(
              CacheReader.class,
              folder.toString(),
              Integer.toString(bound),
              "0",
              Long.toString(random.nextLong()));
      assertThat(ChildJvm.firstLine(child)).isEqualTo("reading");
      long end = System.nanoTime() + random.nextInt(60_000_000);
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      ChildJvm.kill(child);
      CountingSource source = source(CacheReader.SIZE);
      try (BlockCache cache = BlockCache.open(folder, bound);
          BlockFile file = cache.wrap(key(7), source)) {
        // Pieces in random order, so that what was left is read before it is evicted.
        for (int i = 0; i < 40; i++) {
          int offset = random.nextInt(source.bytes.length - 100_000);
          assertThat(read(file, offset, 100_000)).isEqualTo(slice(source, offset, 100_000));
        }
        assertThat(stored(folder.resolve(key(7) + ".data"))).isLessThanOrEqualTo(bound);
      }
    }
  }

  private static long stored(Path file) throws Exception {
    try (OpenFile open = OpenFile.read(file)) {
      long sum = 0;
      for (long at = open.nextData(0); at >= 0; ) {
        long hole = open.nextHole(at);
        sum += hole - at;
        at = open.nextData(hole);
      }
      return sum;
    }
  }

  @Test
  void a_map_whose_bits_are_wrong_is_found_out_by_who_evicts() throws Exception {
    CountingSource source = source(MIB);
    readAll(source);
    // All blocks claimed, none there.
    try (OpenFile data = OpenFile.readWrite(folder.resolve(key(1) + ".data"))) {
      data.write(MemorySegment.ofArray(new byte[MIB]), 0);
    }
    try (BlockCache cache = BlockCache.open(folder, 1 << 30);
        BlockFile file = cache.wrap(key(1), source)) {
      assertThat(read(file, 0, 100)).isEqualTo(new byte[100]);
      file.evict(0, MIB);
      assertThat(read(file, 0, MIB)).isEqualTo(source.bytes);
    }
  }

  @Test
  void nothing_else_than_the_two_files_is_left_of_a_blob() throws Exception {
    readAll(source(MIB));
    try (var files = Files.list(folder)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("lock", key(1) + ".data", key(1) + ".map");
    }
  }
}
