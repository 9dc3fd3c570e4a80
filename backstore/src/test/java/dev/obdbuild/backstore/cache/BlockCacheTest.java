package dev.obdbuild.backstore.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.overlaybd.block.BlockFile;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockCacheTest {

  /** What a read fetches at least. */
  private static final int BLOCK = CachedFile.UNIT * BlockCache.BLOCK;

  private static final String KEY = "ab".repeat(32);
  private static final String OTHER = "cd".repeat(32);

  @TempDir Path folder;

  private static CountingSource source(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return new CountingSource(bytes);
  }

  private static byte[] read(BlockFile file, long offset, int length) throws IOException {
    byte[] out = new byte[length];
    file.read(offset, MemorySegment.ofArray(out));
    return out;
  }

  private static byte[] slice(CountingSource source, int offset, int length) {
    return Arrays.copyOfRange(source.bytes, offset, offset + length);
  }

  @Test
  void random_reads_equal_the_source_and_fetch_every_block_once() throws Exception {
    CountingSource source = source(100 * BLOCK + 777);
    try (BlockCache cache = BlockCache.open(folder, 1 << 30);
        BlockFile file = cache.wrap(KEY, source)) {
      Random random = new Random(42);
      for (int i = 0; i < 500; i++) {
        int length = random.nextInt(3 * BLOCK);
        int offset = random.nextInt(source.bytes.length - length);
        assertThat(read(file, offset, length)).isEqualTo(slice(source, offset, length));
      }
      assertThat(source.fetched()).isLessThanOrEqualTo(source.bytes.length);
    }
    assertThat(source.closed).isTrue();
  }

  @Test
  void neighbours_that_are_missing_become_one_request() throws Exception {
    CountingSource source = source(20 * BLOCK);
    try (BlockCache cache = BlockCache.open(folder, 1 << 30);
        BlockFile file = cache.wrap(KEY, source)) {
      read(file, 5 * BLOCK + 1, 1);
      read(file, 2 * BLOCK, 8 * BLOCK);
      assertThat(source.requests())
          .contains(
              new CountingSource.Request(5L * BLOCK, BLOCK),
              new CountingSource.Request(2L * BLOCK, 3L * BLOCK),
              new CountingSource.Request(6L * BLOCK, 4L * BLOCK));
    }
  }

  @Test
  void many_readers_of_one_block_wait_for_one_flight() throws Exception {
    CountingSource source = source(4 * BLOCK);
    source.gate = new CountDownLatch(1);
    try (BlockCache cache = BlockCache.open(folder, 1 << 30);
        BlockFile file = cache.wrap(KEY, source);
        var readers = Executors.newFixedThreadPool(8)) {
      List<Future<byte[]>> reads = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        reads.add(readers.submit(() -> read(file, BLOCK + 10, 100)));
      }
      source.gate.countDown();
      for (Future<byte[]> done : reads) {
        assertThat(done.get()).isEqualTo(slice(source, BLOCK + 10, 100));
      }
      assertThat(source.requests().stream().filter(r -> r.offset() == BLOCK)).hasSize(1);
    }
  }

  @Test
  void what_was_fetched_survives_a_restart() throws Exception {
    CountingSource first = source(10 * BLOCK);
    try (BlockCache cache = BlockCache.open(folder, 1 << 30);
        BlockFile file = cache.wrap(KEY, first)) {
      read(file, 3 * BLOCK, 2 * BLOCK);
    }
    CountingSource second = source(10 * BLOCK);
    try (BlockCache cache = BlockCache.open(folder, 1 << 30);
        BlockFile file = cache.wrap(KEY, second)) {
      assertThat(read(file, 3 * BLOCK, 2 * BLOCK)).isEqualTo(slice(second, 3 * BLOCK, 2 * BLOCK));
      assertThat(second.requests()).isEmpty();
    }
  }

  @Test
  void a_map_that_does_not_fit_the_blob_is_started_anew() throws Exception {
    Files.write(folder.resolve(KEY + ".map"), new byte[] {1, 2, 3});
    Files.write(folder.resolve(KEY + ".data"), new byte[BLOCK]);
    CountingSource source = source(BLOCK);
    try (BlockCache cache = BlockCache.open(folder, 1 << 30);
        BlockFile file = cache.wrap(KEY, source)) {
      assertThat(read(file, 0, BLOCK)).isEqualTo(source.bytes);
    }
  }

  @Test
  void a_sequential_reader_is_read_ahead_of_in_few_requests() throws Exception {
    CountingSource source = source(256 * BLOCK);
    try (BlockCache cache = BlockCache.open(folder, 1 << 30);
        BlockFile file = cache.wrap(KEY, source)) {
      for (int offset = 0; offset < source.bytes.length; offset += 16 << 10) {
        read(file, offset, 16 << 10);
      }
      assertThat(source.fetched()).isEqualTo(source.bytes.length);
      // A window comes over several connections, yet there are four reads to a request.
      assertThat(source.requests().size()).isLessThan(64);
    }
  }

  @Test
  void what_was_fetched_and_never_read_is_counted() throws Exception {
    CountingSource source = source(256 * BLOCK);
    try (BlockCache cache = BlockCache.open(folder, 1 << 30)) {
      try (CachedBlob file = cache.wrap(KEY, source)) {
        file.expect(0, 8L * BLOCK);
        read(file, 100, BLOCK);
        assertThat(cache.unreadBytes()).isEqualTo(8L * BLOCK - BLOCK - BLOCK / 2);
        read(file, 4L * BLOCK, BLOCK);
      }
      assertThat(cache.unreadBytes()).isEqualTo(8L * BLOCK - 2 * BLOCK - BLOCK / 2);
    }
  }

  @Test
  void readers_of_short_stretches_waste_little() throws Exception {
    CountingSource source = source(4096 * BLOCK);
    try (BlockCache cache = BlockCache.open(folder, 1 << 30);
        CachedBlob file = cache.wrap(KEY, source)) {
      for (int stretch = 0; stretch < 64; stretch++) {
        for (int i = 0; i < 22; i++) {
          read(file, (stretch * 64L + i) * BLOCK, BLOCK);
        }
      }
      long used = 64L * 22 * BLOCK;
      assertThat(source.fetched() - used).isLessThan(used / 3);
    }
  }

  @Test
  void a_failed_fetch_fails_its_readers_and_the_next_read_tries_again() throws Exception {
    CountingSource source = source(4 * BLOCK);
    source.broken = true;
    try (BlockCache cache = BlockCache.open(folder, 1 << 30);
        BlockFile file = cache.wrap(KEY, source)) {
      assertThatThrownBy(() -> read(file, 0, 10)).hasMessageContaining("registry is gone");
      source.broken = false;
      assertThat(read(file, 0, 10)).isEqualTo(slice(source, 0, 10));
    }
  }

  @Test
  void evicted_ranges_are_fetched_again() throws Exception {
    CountingSource source = source(4 * BLOCK);
    try (BlockCache cache = BlockCache.open(folder, 1 << 30);
        BlockFile file = cache.wrap(KEY, source)) {
      read(file, BLOCK, 1);
      file.evict(BLOCK + 5, 10);
      read(file, BLOCK, 1);
      assertThat(source.requests().stream().filter(r -> r.offset() == BLOCK)).hasSize(2);
    }
  }

  @Test
  void blobs_that_nobody_has_open_go_when_the_cache_is_full() throws Exception {
    try (BlockCache cache = BlockCache.open(folder, 10L * BLOCK)) {
      try (BlockFile old = cache.wrap(KEY, source(8 * BLOCK))) {
        read(old, 0, 8 * BLOCK);
      }
      CountingSource next = source(8 * BLOCK);
      try (BlockFile file = cache.wrap(OTHER, next)) {
        assertThat(read(file, 0, 8 * BLOCK)).isEqualTo(next.bytes);
        assertThat(read(file, 0, 8 * BLOCK)).isEqualTo(next.bytes);
      }
      try (BlockFile again = cache.wrap(KEY, source(8 * BLOCK))) {
        assertThat(cache.size()).isLessThanOrEqualTo(11L * BLOCK);
      }
    }
  }

  @Test
  void a_blob_larger_than_the_cache_is_handed_through_unkept() throws Exception {
    CountingSource source = source(40 * BLOCK);
    try (BlockCache cache = BlockCache.open(folder, 4L * BLOCK);
        BlockFile file = cache.wrap(KEY, source)) {
      assertThat(read(file, 7, 39 * BLOCK)).isEqualTo(slice(source, 7, 39 * BLOCK));
      assertThat(cache.size()).isLessThan(5L * BLOCK);
    }
  }

  @Test
  void reads_past_the_end_name_the_place() throws Exception {
    try (BlockCache cache = BlockCache.open(folder, 1 << 30);
        BlockFile file = cache.wrap(KEY, source(100))) {
      assertThatThrownBy(() -> read(file, 90, 11))
          .isInstanceOf(EOFException.class)
          .hasMessageContaining("11 bytes at 90 of 100");
    }
  }

  @Test
  void two_users_of_one_blob_share_it() throws Exception {
    CountingSource first = source(4 * BLOCK);
    CountingSource second = source(4 * BLOCK);
    try (BlockCache cache = BlockCache.open(folder, 1 << 30)) {
      BlockFile a = cache.wrap(KEY, first);
      BlockFile b = cache.wrap(KEY, second);
      a.close();
      assertThat(read(b, 0, 10)).isEqualTo(slice(second, 0, 10));
      assertThat(second.closed).isTrue();
      assertThat(first.closed).isFalse();
      b.close();
      assertThat(first.closed).isTrue();
    }
  }
}
