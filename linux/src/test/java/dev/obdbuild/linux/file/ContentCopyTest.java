package dev.obdbuild.linux.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ContentCopyTest {
  @TempDir Path temp;

  private void copy(Path from, Path to) throws IOException {
    try (ContentCopy copy = new ContentCopy();
        OpenFile in = OpenFile.read(from);
        OpenFile out = OpenFile.readWrite(to)) {
      Stat stat = in.stat();
      assertThat(copy.copy(in, stat, out)).isEqualTo(stat.size());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4096, 256 * 1024, 256 * 1024 + 1, 3_000_001})
  void copiesAllBytes(int size) throws IOException {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    Files.write(temp.resolve("a"), bytes);
    copy(temp.resolve("a"), temp.resolve("b"));
    assertThat(temp.resolve("b")).hasBinaryContent(bytes);
  }

  @Test
  void copiesAcrossFilesystems() throws IOException {
    Path memory = Path.of("/dev/shm");
    Path where = Files.isWritable(memory) ? memory : temp;
    byte[] bytes = new byte[1 << 20];
    new Random(7).nextBytes(bytes);
    Path other = Files.createTempFile(where, "copy", "");
    try {
      Files.write(temp.resolve("a"), bytes);
      copy(temp.resolve("a"), other);
      assertThat(other).hasBinaryContent(bytes);
    } finally {
      Files.delete(other);
    }
  }

  @Test
  void holesStayHoles() throws IOException {
    try (OpenFile file = OpenFile.readWrite(temp.resolve("a"))) {
      file.write(MemorySegment.ofArray(new byte[] {1, 2, 3}), 5 << 20);
      file.truncate(64 << 20);
    }
    copy(temp.resolve("a"), temp.resolve("b"));
    assertThat(Files.mismatch(temp.resolve("a"), temp.resolve("b"))).isEqualTo(-1);
    try (OpenFile file = OpenFile.read(temp.resolve("b"))) {
      assertThat(file.stat().blocks()).isLessThanOrEqualTo(16);
      assertThat(file.nextData(0)).isEqualTo(5 << 20);
    }
  }

  @Test
  void punchingFreesBlocksAndKeepsTheSize() throws IOException {
    try (OpenFile file = OpenFile.readWrite(temp.resolve("a"));
        Arena arena = Arena.ofConfined()) {
      file.write(arena.allocate(1 << 20).fill((byte) 7), 0);
      file.force();
      long before = file.stat().blocks();
      file.punch(4096, 512 * 1024);
      assertThat(file.stat().size()).isEqualTo(1 << 20);
      assertThat(file.stat().blocks()).isLessThan(before);
      MemorySegment read = arena.allocate(2);
      file.readFully(read, 4095);
      assertThat(read.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 7);
      assertThat(read.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 1)).isZero();
    }
  }
}
