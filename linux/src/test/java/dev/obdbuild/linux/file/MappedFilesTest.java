package dev.obdbuild.linux.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MappedFilesTest {

  private static final int SIZE = 4 << 20;

  @TempDir private Path folder;

  /** Kilobytes that are resident of a mapped file. */
  private static long resident(Path file) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("/proc/self/smaps"));
    int at = 0;
    while (!lines.get(at).endsWith(" " + file)) {
      at++;
    }
    while (!lines.get(at).startsWith("Rss:")) {
      at++;
    }
    return Long.parseLong(lines.get(at).replaceAll("\\D", ""));
  }

  @Test
  void copiesOfAFileAreGivenBackAndReadAgain() throws Exception {
    byte[] bytes = new byte[SIZE];
    new Random(1).nextBytes(bytes);
    Path file = Files.write(folder.toRealPath().resolve("mapped"), bytes);
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(file)) {
      MemorySegment mapped = channel.map(MapMode.READ_ONLY, 0, SIZE, arena);
      assertThat(mapped.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(bytes);
      assertThat(resident(file)).isEqualTo(SIZE >> 10);

      assertThat(MappedFiles.release()).isGreaterThanOrEqualTo(SIZE);

      assertThat(resident(file)).isZero();
      assertThat(mapped.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(bytes);
    }
  }

  @Test
  void whatDiffersFromTheFileIsKept() throws Exception {
    Path file = Files.write(folder.toRealPath().resolve("mapped"), new byte[SIZE]);
    try (Arena arena = Arena.ofConfined();
        FileChannel channel =
            FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MemorySegment mapped = channel.map(MapMode.PRIVATE, 0, SIZE, arena);
      mapped.fill((byte) 7);

      assertThat(MappedFiles.release()).isNotNegative();

      assertThat(mapped.toArray(ValueLayout.JAVA_BYTE)).containsOnly(7);
    }
  }
}
