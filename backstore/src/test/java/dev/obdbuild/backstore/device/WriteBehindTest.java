package dev.obdbuild.backstore.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.linux.file.OpenFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WriteBehindTest {
  @TempDir Path folder = Path.of("");

  @Test
  void writersGoOnWhileTheLimitIsReachedManyTimes() throws Exception {
    try (OpenFile file = OpenFile.readWrite(folder.resolve("file"));
        ExecutorService pool = Executors.newFixedThreadPool(4)) {
      WriteBehind behind = new WriteBehind(file, "file", 1 << 20);
      List<Future<?>> writers = new ArrayList<>();
      for (int writer = 0; writer < 4; writer++) {
        long start = writer * (4L << 20);
        writers.add(
            pool.submit(
                () -> {
                  MemorySegment block = MemorySegment.ofArray(new byte[1 << 16]).fill((byte) 1);
                  for (long at = start; at < start + (4 << 20); at += 1 << 16) {
                    file.write(block, at);
                    behind.wrote(1 << 16);
                  }
                  return null;
                }));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
      assertThat(file.stat().size()).isEqualTo(16 << 20);
    }
  }

  @Test
  void theStandardLimitIsWithinItsBounds() throws IOException {
    assertThat(WriteBehind.standardLimit()).isBetween(64L << 20, 1L << 30);
  }
}
