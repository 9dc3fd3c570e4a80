package dev.obdbuild.overlaybd.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.testkit.SplitRandom;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BesideHashTest {
  private static final int BUFFER = BesideHash.BUFFER;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, BUFFER - 1, BUFFER, BUFFER + 1, 4 * BUFFER, 9 * BUFFER + 7})
  void a_file_has_the_digest_of_its_bytes_however_many_buffers_it_fills(int size) throws Exception {
    Path path = folder.resolve("file");
    byte[] bytes = bytes(size);
    Files.write(path, bytes);
    try (FileChannel channel = FileChannel.open(path)) {
      assertThat(BesideHash.of(channel)).isEqualTo(sha256(bytes));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, BUFFER, 4 * BUFFER, 9 * BUFFER + 7})
  void a_hashed_file_holds_what_was_written_in_pieces(int size) throws Exception {
    Path path = folder.resolve("file");
    byte[] bytes = bytes(size);
    try (HashedFile file = HashedFile.create(path)) {
      int step = 300_001;
      for (int at = 0; at < size; at += step) {
        file.write(MemorySegment.ofArray(bytes).asSlice(at, Math.min(step, size - at)));
      }
      assertThat(file.finish()).isEqualTo(sha256(bytes));
      assertThat(file.size()).isEqualTo(size);
    }
    assertThat(Files.readAllBytes(path)).isEqualTo(bytes);
  }

  private static byte[] bytes(int size) {
    byte[][] made = new byte[1][];
    SplitRandom.run(7, random -> made[0] = SplitRandom.bytes(random, size));
    return made[0];
  }

  private static byte[] sha256(byte[] bytes) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }
}
