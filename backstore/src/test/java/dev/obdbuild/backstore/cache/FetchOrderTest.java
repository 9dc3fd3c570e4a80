package dev.obdbuild.backstore.cache;

import static dev.obdbuild.backstore.cache.Blocks.key;
import static dev.obdbuild.backstore.cache.Blocks.read;
import static dev.obdbuild.backstore.cache.Blocks.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.overlaybd.block.BlockFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class FetchOrderTest {

  private static final int MIB = 1 << 20;

  @TempDir Path folder;

  /** Holds back some requests until it is told otherwise. */
  private static final class HeldBack implements BlockFile {
    final CountingSource bytes;
    final LongPredicate held;
    final CountDownLatch gate = new CountDownLatch(1);
    final ConcurrentSkipListSet<Long> asked = new ConcurrentSkipListSet<>();

    HeldBack(CountingSource bytes, LongPredicate held) {
      this.bytes = bytes;
      this.held = held;
    }

    @Override
    public long size() {
      return bytes.size();
    }

    @Override
    public void read(long offset, MemorySegment dst) throws IOException {
      asked.add(offset);
      if (held.test(offset)) {
        try {
          gate.await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
      bytes.read(offset, dst);
    }

    @Override
    public void close() {}
  }

  @Test
  void a_demand_read_does_not_wait_behind_what_is_fetched_ahead() throws Exception {
    HeldBack source = new HeldBack(Blocks.source(64 * MIB), offset -> offset < 60 * MIB);
    try (BlockCache cache = BlockCache.open(folder, 1 << 30);
        CachedBlob file = cache.wrap(key(1), source)) {
      file.prefetch(0, 48 * MIB);
      assertThat(read(file, 61 * MIB, 4096)).isEqualTo(slice(source.bytes, 61 * MIB, 4096));
      assertThat(read(file, 62 * MIB, 2 * MIB)).isEqualTo(slice(source.bytes, 62 * MIB, 2 * MIB));
      source.gate.countDown();
    }
  }

  @Test
  void a_reader_does_not_wait_for_its_block_to_come_up_in_the_queue() throws Exception {
    HeldBack source = new HeldBack(Blocks.source(64 * MIB), offset -> offset < 40 * MIB);
    try (BlockCache cache = BlockCache.open(folder, 1 << 30);
        CachedBlob file = cache.wrap(key(1), source)) {
      file.prefetch(0, 48 * MIB);
      assertThat(read(file, 47 * MIB, 4096)).isEqualTo(slice(source.bytes, 47 * MIB, 4096));
      source.gate.countDown();
    }
  }

  @Test
  void one_reader_in_trouble_holds_up_no_other() throws Exception {
    HeldBack source = new HeldBack(Blocks.source(8 * MIB), offset -> offset == 0);
    try (BlockCache cache = BlockCache.open(folder, 1 << 30);
        CachedBlob file = cache.wrap(key(1), source);
        ExecutorService threads = Executors.newFixedThreadPool(40)) {
      Future<?>[] stuck = new Future<?>[30];
      for (int i = 0; i < stuck.length; i++) {
        stuck[i] = threads.submit(() -> read(file, 10, 10));
      }
      for (int offset = MIB; offset < 8 * MIB; offset += MIB / 2) {
        int at = offset;
        Future<byte[]> other = threads.submit(() -> read(file, at, 4096));
        assertThat(other.get(10, TimeUnit.SECONDS)).isEqualTo(slice(source.bytes, at, 4096));
      }
      source.gate.countDown();
      for (Future<?> one : stuck) {
        one.get();
      }
    }
  }

  @Test
  void what_is_wanted_is_fetched_at_once_and_only_that() throws Exception {
    CountingSource source = Blocks.source(8 * MIB);
    try (BlockCache cache = BlockCache.open(folder, 1 << 30);
        CachedBlob file = cache.wrap(key(1), source)) {
      file.sparing(true);
      file.expect(100, 100);
      file.expect(8 * MIB - 10, 10);
      read(file, 0, 10);
      read(file, 8 * MIB - 10, 10);
      assertThat(source.fetched()).isEqualTo(2L * BlockCache.BLOCK);
    }
  }

  @Test
  void who_joined_a_fetch_that_fails_tries_once_more_and_all_of_them_by_one_request()
      throws Exception {
    CountingSource bytes = Blocks.source(MIB);
    HeldBack source = new HeldBack(bytes, offset -> bytes.broken);
    bytes.broken = true;
    try (BlockCache cache = BlockCache.open(folder, 1 << 30);
        CachedBlob file = cache.wrap(key(1), source)) {
      file.prefetch(0, 2 * BlockCache.BLOCK);
      while (source.asked.isEmpty()) {
        Thread.onSpinWait();
      }
      List<FutureTask<byte[]>> reads = new ArrayList<>();
      List<Thread> readers = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        int at = 100 * i;
        FutureTask<byte[]> task = new FutureTask<>(() -> read(file, at, 4096));
        reads.add(task);
        readers.add(Thread.ofPlatform().start(task));
      }
      while (readers.stream().anyMatch(reader -> reader.getState() != Thread.State.WAITING)) {
        Thread.onSpinWait();
      }
      // The fault lasts for the request that is under way, and no longer.
      bytes.failures.set(1);
      bytes.broken = false;
      source.gate.countDown();
      for (int i = 0; i < reads.size(); i++) {
        assertThat(reads.get(i).get()).isEqualTo(slice(bytes, 100 * i, 4096));
      }
      assertThat(bytes.requests()).hasSize(2);
    }
  }

  @Test
  void whose_own_fetch_fails_does_not_try_again() throws Exception {
    CountingSource source = Blocks.source(MIB);
    try (BlockCache cache = BlockCache.open(folder, 1 << 30);
        CachedBlob file = cache.wrap(key(1), source)) {
      source.failures.set(1);
      assertThatThrownBy(() -> read(file, 0, 4096)).hasMessageContaining("registry is gone");
      assertThat(source.requests()).hasSize(1);
    }
  }
}
