package dev.obdbuild.backstore.cache;

import static dev.obdbuild.backstore.cache.Blocks.read;
import static dev.obdbuild.backstore.cache.Blocks.slice;
import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.backstore.cache.CacheOptions.Download;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class DownloadsTest {

  private static final int SIZE = (3 << 20) + 777;
  private static final CacheOptions QUICK =
      CacheOptions.of(1 << 30).withDownload(new Download(1L << 30, Duration.ZERO));

  @TempDir Path folder;

  private static String digest(CountingSource source) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(source.bytes));
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      Thread.sleep(5);
    }
  }

  private static boolean isVerified(CachedBlob blob) {
    try {
      return blob.file().kept().isVerified();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void an_open_blob_is_completed_verified_and_then_read_from_here() throws Exception {
    CountingSource source = Blocks.source(SIZE);
    try (BlockCache cache = BlockCache.open(folder, QUICK);
        CachedBlob blob = cache.wrap(digest(source), source)) {
      await(() -> isVerified(blob));
      assertThat(source.fetched()).isEqualTo(SIZE);
      source.broken = true;
      assertThat(read(blob, 1000, SIZE - 1000)).isEqualTo(slice(source, 1000, SIZE - 1000));
    }
  }

  @Test
  void a_download_goes_on_where_another_process_left_off() throws Exception {
    CountingSource first = Blocks.source(SIZE);
    try (BlockCache cache = BlockCache.open(folder, 1 << 30);
        CachedBlob blob = cache.wrap(digest(first), first)) {
      read(blob, 0, 1 << 20);
      read(blob, 2 << 20, 1 << 19);
    }
    CountingSource second = Blocks.source(SIZE);
    try (BlockCache cache = BlockCache.open(folder, QUICK);
        CachedBlob blob = cache.wrap(digest(second), second)) {
      await(() -> isVerified(blob));
      assertThat(first.fetched() + second.fetched()).isLessThanOrEqualTo(SIZE + (2L << 20));
      assertThat(second.fetched()).isLessThanOrEqualTo(SIZE - (3L << 19));
    }
  }

  @Test
  void a_blob_that_is_not_what_its_digest_says_is_dropped() throws Exception {
    CountingSource source = Blocks.source(SIZE);
    String key = digest(source);
    source.bytes[12345] ^= 1;
    try (BlockCache cache = BlockCache.open(folder, QUICK);
        CachedBlob blob = cache.wrap(key, source)) {
      await(() -> source.fetched() >= SIZE && blob.file().kept().isEmpty());
      assertThat(isVerified(blob)).isFalse();
    }
  }

  @Test
  void nothing_is_downloaded_for_which_something_in_use_would_have_to_go() throws Exception {
    CountingSource source = Blocks.source(SIZE);
    CacheOptions small =
        CacheOptions.of(2 << 20).withDownload(new Download(1L << 30, Duration.ZERO));
    try (BlockCache cache = BlockCache.open(folder, small);
        CachedBlob blob = cache.wrap(digest(source), source)) {
      assertThat(read(blob, 0, 100)).isEqualTo(slice(source, 0, 100));
      await(() -> cache.downloads() == 0);
      assertThat(source.fetched()).isLessThan(1 << 20);
    }
  }

  @Test
  void nothing_is_downloaded_unless_it_is_asked_for() throws Exception {
    CountingSource source = Blocks.source(SIZE);
    try (BlockCache cache = BlockCache.open(folder, 1 << 30);
        CachedBlob blob = cache.wrap(digest(source), source)) {
      read(blob, 0, 10);
      assertThat(cache.downloads()).isZero();
    }
  }
}
