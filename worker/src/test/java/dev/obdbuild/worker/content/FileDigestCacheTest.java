package dev.obdbuild.worker.content;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.linux.file.UnixTime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileDigestCacheTest {
  @TempDir Path temp;
  private Path path;

  @BeforeEach
  void path() {
    path = temp.resolve("digests");
  }

  private static DigestCache.Key key(long inode) {
    return new DigestCache.Key("local", 1, inode, 2, new UnixTime(3, 4), new UnixTime(5, 6));
  }

  private static byte[] value(long n) {
    return ByteBuffer.allocate(32).putLong(24, n).array();
  }

  private void fill(int from, int to) throws IOException {
    try (FileDigestCache cache = FileDigestCache.open(path)) {
      for (int i = from; i < to; i++) {
        cache.put(key(i), value(i));
      }
    }
  }

  private void holds(int from, int to) throws IOException {
    try (FileDigestCache cache = FileDigestCache.open(path)) {
      for (int i = from; i < to; i++) {
        assertThat(cache.find(key(i))).as("inode " + i).isEqualTo(value(i));
      }
      assertThat(cache.find(key(to))).isNull();
    }
  }

  @Test
  void remembersManyOverSeveralOpenings() throws IOException {
    fill(0, 6000);
    fill(6000, 10000);
    holds(0, 10000);
  }

  @Test
  void isReadyWhenSmallOrOnceItWasAsked() throws IOException {
    fill(0, 4000);
    try (FileDigestCache cache = FileDigestCache.open(path)) {
      assertThat(cache.isReady()).isTrue();
    }
    fill(4000, 5000);
    try (FileDigestCache cache = FileDigestCache.open(path)) {
      assertThat(cache.isReady()).isFalse();
      assertThat(cache.find(key(4321))).isEqualTo(value(4321));
      assertThat(cache.isReady()).isTrue();
    }
  }

  @Test
  void everyPartOfTheKeyCounts() throws IOException {
    fill(1, 2);
    try (FileDigestCache cache = FileDigestCache.open(path)) {
      DigestCache.Key k = key(1);
      assertThat(cache.find(new DigestCache.Key("snap", 1, 1, 2, k.mtime(), k.ctime()))).isNull();
      assertThat(cache.find(new DigestCache.Key("local", 9, 1, 2, k.mtime(), k.ctime()))).isNull();
      assertThat(cache.find(new DigestCache.Key("local", 1, 1, 3, k.mtime(), k.ctime()))).isNull();
      assertThat(cache.find(new DigestCache.Key("local", 1, 1, 2, k.ctime(), k.ctime()))).isNull();
      assertThat(cache.find(new DigestCache.Key("local", 1, 1, 2, k.mtime(), k.mtime()))).isNull();
    }
  }

  @Test
  void aTornEndIsDroppedAndWrittenOver() throws IOException {
    fill(0, 100);
    long size = Files.size(path);
    Files.write(path, new byte[] {1, 2, 3, 4, 5}, StandardOpenOption.APPEND);
    holds(0, 100);
    assertThat(Files.size(path)).isEqualTo(size);
    Files.write(path, new byte[52], StandardOpenOption.APPEND);
    fill(100, 120);
    holds(0, 120);
  }

  @Test
  void aFileOfSomethingElseIsBegunAnew() throws IOException {
    Files.writeString(path, "not a cache at all, but a text of some length");
    fill(0, 3);
    holds(0, 3);
  }

  @Test
  void twoProcessesMayAppend() throws IOException {
    try (FileDigestCache one = FileDigestCache.open(path);
        FileDigestCache two = FileDigestCache.open(path)) {
      one.put(key(0), value(0));
      one.flush();
      two.put(key(1), value(1));
      two.flush();
      one.put(key(2), value(2));
    }
    holds(0, 3);
  }
}
