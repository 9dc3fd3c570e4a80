package dev.obdbuild.backstore.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HostSparseFileTest {
  @TempDir Path folder = Path.of("");

  @Test
  void keepsWhatIsWrittenFromHeapAndNativeMemory() throws IOException {
    Path path = folder.resolve("file");
    try (HostSparseFile file = HostSparseFile.create(path);
        Arena arena = Arena.ofConfined()) {
      file.write(1000, MemorySegment.ofArray(new byte[300_000]).fill((byte) 1));
      file.write(301_000, arena.allocate(5000).fill((byte) 2));
      assertThat(file.size()).isEqualTo(306_000);
    }
    try (HostSparseFile file = HostSparseFile.open(path)) {
      byte[] read = new byte[306_000];
      file.read(0, MemorySegment.ofArray(read));
      assertThat(read[999]).isZero();
      assertThat(read[1000]).isEqualTo((byte) 1);
      assertThat(read[300_999]).isEqualTo((byte) 1);
      assertThat(read[301_000]).isEqualTo((byte) 2);
      assertThat(read[305_999]).isEqualTo((byte) 2);
      assertThatThrownBy(() -> file.read(1, MemorySegment.ofArray(read)))
          .isInstanceOf(EOFException.class);
    }
  }

  @Test
  void aPunchedRangeIsZeroAndTakesNoSpace() throws IOException {
    Path path = folder.resolve("file");
    try (HostSparseFile file = HostSparseFile.create(path)) {
      file.write(0, MemorySegment.ofArray(new byte[1 << 20]).fill((byte) 7));
      file.force();
      long before = blocks(path);
      file.punch(4096, (1 << 20) - 8192);
      byte[] read = new byte[1 << 20];
      file.read(0, MemorySegment.ofArray(read));
      assertThat(read[4095]).isEqualTo((byte) 7);
      assertThat(read[4096]).isZero();
      assertThat(read[(1 << 20) - 4097]).isZero();
      assertThat(read[(1 << 20) - 4096]).isEqualTo((byte) 7);
      assertThat(file.size()).isEqualTo(1 << 20);
      assertThat(blocks(path)).isLessThan(before / 4);
    }
  }

  private static long blocks(Path path) throws IOException {
    try {
      return Long.parseLong(Commands.run("stat", "-c", "%b", path.toString()).strip());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void createWantsAFreeNameAndOpenAnExistingOne() throws IOException {
    Path path = folder.resolve("file");
    assertThatThrownBy(() -> HostSparseFile.open(path)).isInstanceOf(NoSuchFileException.class);
    Files.createFile(path);
    assertThatThrownBy(() -> HostSparseFile.create(path))
        .isInstanceOf(FileAlreadyExistsException.class);
  }
}
