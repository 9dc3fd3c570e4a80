package dev.obdbuild.backstore.cache;

import static dev.obdbuild.backstore.cache.Blocks.key;
import static dev.obdbuild.backstore.cache.Blocks.read;
import static dev.obdbuild.backstore.cache.Blocks.slice;
import static dev.obdbuild.backstore.cache.Blocks.source;
import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.testkit.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheEvictionTest {

  private static final int EXTENT = BlockCache.EXTENT * BlockCache.BLOCK;
  private static final int MIB = 1 << 20;

  @TempDir Path folder;
  private final AtomicLong seconds = new AtomicLong(1_000_000);

  @SuppressWarnings("NullAway.Init") // of a test that opens them
  private CountingSource source;

  @SuppressWarnings("NullAway.Init")
  private BlockCache cache;

  @SuppressWarnings("NullAway.Init")
  private BlockFile file;

  private final List<AutoCloseable> opened = new ArrayList<>();

  /** A blob of some bytes, behind a cache of not so many. */
  private void open(int bytes, long maxBytes) throws Exception {
    source = source(bytes);
    cache = open(maxBytes);
    opened.addFirst(cache);
    file = cache.wrap(key(1), source);
    opened.addFirst(file);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
  }

  private BlockCache open(long maxBytes) throws Exception {
    InstantSource clock = () -> Instant.ofEpochSecond(seconds.get());
    return BlockCache.open(folder, CacheOptions.of(maxBytes), clock);
  }

  private long allocated() throws Exception {
    long blocks = 0;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        blocks += stored(file);
      }
    }
    return blocks;
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

  /**
   * As the kernel counts at one moment; extents that are listed one by one come and go meanwhile.
   */
  private static long allocated(Path file) throws Exception {
    try (OpenFile open = OpenFile.read(file)) {
      return open.stat().blocks() * 512;
    }
  }

  @Test
  void a_cache_smaller_than_an_open_blob_keeps_its_bound_and_its_bytes_right() throws Exception {
    open(32 * MIB, 4 * MIB);
    for (int round = 0; round < 2; round++) {
      for (int offset = 0; offset < source.bytes.length; offset += 128 << 10) {
        assertThat(read(file, offset, 128 << 10)).isEqualTo(slice(source, offset, 128 << 10));
        seconds.incrementAndGet();
      }
      assertThat(cache.size()).isLessThanOrEqualTo(4 * MIB);
      assertThat(allocated()).isLessThanOrEqualTo(4 * MIB + (64 << 10));
    }
  }

  @Test
  void what_is_read_again_and_again_outlives_a_scan() throws Exception {
    open(64 * MIB, 8 * MIB);
    for (int visit = 0; visit < 5; visit++) {
      read(file, 0, 2 * MIB);
      seconds.addAndGet(5);
    }
    for (int offset = 8 * MIB; offset < 48 * MIB; offset += EXTENT) {
      read(file, offset, EXTENT);
      seconds.incrementAndGet();
      read(file, 0, 64 << 10);
    }
    assertThat(source.requestsIn(0, 64 << 10)).isLessThanOrEqualTo(2);
  }

  /** In no order, so that nothing is fetched ahead. */
  private void scan(BlockFile file, int from, int to) throws Exception {
    List<Integer> offsets = new ArrayList<>();
    for (int offset = from; offset < to; offset += EXTENT) {
      offsets.add(offset);
    }
    Collections.shuffle(offsets, new Random(from));
    for (int offset : offsets) {
      read(file, offset, EXTENT);
      seconds.incrementAndGet();
    }
  }

  @Test
  void what_was_visited_often_outlives_a_scan_that_never_touches_it() throws Exception {
    open(64 * MIB, 8 * MIB);
    for (int visit = 0; visit < 16; visit++) {
      read(file, 0, 2 * MIB);
      seconds.addAndGet(5);
    }
    long before = source.requestsIn(0, 2 * MIB);
    // Five times what the cache holds.
    scan(file, 8 * MIB, 48 * MIB);
    assertThat(cache.size()).isLessThanOrEqualTo(8 * MIB);
    assertThat(read(file, 0, 2 * MIB)).isEqualTo(slice(source, 0, 2 * MIB));
    assertThat(source.requestsIn(0, 2 * MIB)).isEqualTo(before);
  }

  @Test
  void what_was_visited_often_outlives_a_scan_with_read_ahead_that_takes_no_time()
      throws Exception {
    open(64 * MIB, 8 * MIB);
    for (int visit = 0; visit < 3; visit++) {
      read(file, 0, 2 * MIB);
      seconds.addAndGet(5);
    }
    seconds.addAndGet(60);
    long before = source.requestsIn(0, 2 * MIB);
    for (int offset = 8 * MIB; offset < 56 * MIB; offset += 64 << 10) {
      read(file, offset, 64 << 10);
    }
    assertThat(cache.size()).isLessThanOrEqualTo(8 * MIB);
    assertThat(read(file, 0, 2 * MIB)).isEqualTo(slice(source, 0, 2 * MIB));
    assertThat(source.requestsIn(0, 2 * MIB)).isEqualTo(before);
  }

  @Test
  void what_was_used_several_times_keeps_no_more_than_half_of_the_room_from_others()
      throws Exception {
    open(64 * MIB, 8 * MIB);
    for (int visit = 0; visit < 3; visit++) {
      read(file, 0, 5 * MIB);
      seconds.addAndGet(5);
    }
    scan(file, 16 * MIB, 32 * MIB);
    long before = source.fetched();
    read(file, 0, 5 * MIB);
    assertThat(source.fetched() - before).isBetween((long) MIB, 2L * MIB);
  }

  @Test
  void old_fame_ends() throws Exception {
    open(64 * MIB, 4 * MIB);
    for (int visit = 0; visit < 100; visit++) {
      read(file, 0, MIB);
      seconds.addAndGet(5);
    }
    long before = source.requestsIn(0, MIB);
    for (int round = 0; round < 3; round++) {
      scan(file, 8 * MIB, 64 * MIB);
    }
    read(file, 0, MIB);
    assertThat(source.requestsIn(0, MIB)).isGreaterThan(before);
  }

  @Test
  void of_two_that_were_used_as_often_the_later_stays_and_of_two_of_one_age_the_more_used()
      throws Exception {
    open(64 * MIB, 4 * MIB);
    read(file, 0, EXTENT); // once, early
    seconds.addAndGet(30);
    for (int visit = 0; visit < 4; visit++) {
      read(file, 2 * MIB, EXTENT); // four times, the last one with the next
      seconds.addAndGet(2);
    }
    read(file, 4 * MIB, EXTENT); // once, late
    scan(file, 32 * MIB, 34 * MIB);
    scan(file, 40 * MIB, 42 * MIB);
    long early = source.requestsIn(0, EXTENT);
    long often = source.requestsIn(2 * MIB, EXTENT);
    read(file, 2 * MIB, EXTENT);
    assertThat(source.requestsIn(2 * MIB, EXTENT)).isEqualTo(often);
    read(file, 0, EXTENT);
    assertThat(source.requestsIn(0, EXTENT)).isGreaterThan(early);
  }

  @Test
  void the_longest_unused_goes_first() throws Exception {
    CountingSource source = source(64 * MIB);
    try (BlockCache cache = open(8 * MIB)) {
      try (BlockFile old = cache.wrap(key(2), source(2 * MIB))) {
        read(old, 0, 2 * MIB);
      }
      seconds.addAndGet(100);
      try (BlockFile file = cache.wrap(key(1), source)) {
        // Far apart, so that nothing is fetched ahead.
        for (int i = 0; i < 24; i++) {
          read(file, 2L * i * MIB, EXTENT);
          seconds.incrementAndGet();
        }
        long before = source.fetched();
        for (int i = 12; i < 24; i++) {
          read(file, 2L * i * MIB, EXTENT);
        }
        assertThat(source.fetched()).isEqualTo(before);
      }
      assertThat(stored(folder.resolve(key(2) + ".data"))).isLessThan(2 * MIB);
    }
  }

  @Test
  void readers_never_see_the_hole_that_an_eviction_makes() throws Exception {
    List<CountingSource> sources = List.of(source(6 * MIB), source(7 * MIB), source(5 * MIB));
    try (BlockCache cache = BlockCache.open(folder, 3 * MIB);
        ExecutorService threads = Executors.newFixedThreadPool(6)) {
      List<BlockFile> files = new ArrayList<>();
      for (int i = 0; i < sources.size(); i++) {
        files.add(cache.wrap(key(i), sources.get(i)));
      }
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < 6; t++) {
        Random random = new Random(t);
        running.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 400; i++) {
                    int n = random.nextInt(sources.size());
                    CountingSource source = sources.get(n);
                    int length = 1 + random.nextInt(200_000);
                    int offset = random.nextInt(source.bytes.length - length);
                    assertThat(read(files.get(n), offset, length))
                        .isEqualTo(slice(source, offset, length));
                    if (i % 50 == 0) {
                      files.get(n).evict(offset, length);
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> one : running) {
        one.get();
      }
      for (BlockFile file : files) {
        file.close();
      }
      assertThat(cache.size()).isLessThanOrEqualTo(3 * MIB);
    }
  }

  @Test
  void processes_share_a_small_cache_and_read_what_is_right() throws Exception {
    List<Process> children = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      children.add(
          ChildJvm.start(
              CacheReader.class, folder.toString(), Integer.toString(3 * MIB), "300", "" + i));
    }
    long step = 3 * MIB / 16;
    Path data = folder.resolve(key(7) + ".data");
    while (children.stream().anyMatch(Process::isAlive)) {
      // Who has just looked leaves a step free and counts what it may add itself. Of each of the
      // two others there may be a step that it may still add, and what one read brings at once,
      // written and not on the map yet: 150 kB in whole units, and as much again read ahead.
      long others = 2 * (step + 2 * (192 << 10));
      assertThat(Files.exists(data) ? allocated(data) : 0)
          .isLessThanOrEqualTo(3 * MIB - step + others);
      boolean _ = children.getFirst().waitFor(5, TimeUnit.MILLISECONDS);
    }
    for (Process child : children) {
      assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(child.exitValue()).isZero();
    }
    try (BlockCache cache = open(3 * MIB)) {
      // Two may each be a step over it.
      assertThat(cache.size()).isLessThanOrEqualTo(3 * MIB + step);
    }
  }
}
