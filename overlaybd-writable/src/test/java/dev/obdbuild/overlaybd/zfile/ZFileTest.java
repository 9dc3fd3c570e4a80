package dev.obdbuild.overlaybd.zfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.FormatException;
import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.testkit.SplitRandom;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ZFileTest {

  /** Half noise, half text: blocks of very different lengths. */
  private static byte[] mixed(SplittableRandom random, int size) {
    byte[] bytes = new byte[size];
    for (int at = 0; at < size; ) {
      int run = Math.min(size - at, 1 + random.nextInt(9000));
      boolean noise = random.nextBoolean();
      for (int i = 0; i < run; i++) {
        bytes[at + i] = noise ? (byte) random.nextInt() : (byte) ('a' + i % 7);
      }
      at += run;
    }
    return bytes;
  }

  private static MemoryFile compress(byte[] source, ZFileOptions options, int threads)
      throws IOException {
    MemoryFile out = new MemoryFile();
    try (ZFileWriter writer = ZFileWriter.patching(out, options, threads)) {
      SplittableRandom random = new SplittableRandom(source.length);
      for (int at = 0; at < source.length; ) {
        int part = Math.min(source.length - at, 1 + random.nextInt(100_000));
        writer.write(MemorySegment.ofArray(source).asSlice(at, part));
        at += part;
      }
      writer.finish();
    }
    return out;
  }

  @Test
  void what_is_written_is_read_in_any_pieces() {
    SplitRandom.run(
        random -> {
          for (Codec codec : Codec.values()) {
            for (int blockSize = 4096; blockSize <= 32768; blockSize *= 2) {
              byte[] source = mixed(random, random.nextInt(700_000));
              MemoryFile file =
                  compress(source, new ZFileOptions(codec, blockSize, random.nextBoolean()), 2);
              try (ZFileReader reader = ZFileReader.open(file, "test")) {
                assertThat(reader.size()).isEqualTo(source.length);
                for (int i = 0; i < 40; i++) {
                  int offset = random.nextInt(source.length + 1);
                  int length = random.nextInt(Math.min(source.length - offset, 300_000) + 1);
                  readIs(reader, source, offset, length, random.nextBoolean());
                }
                readIs(reader, source, 0, source.length, true);
              }
            }
          }
        });
  }

  private static void readIs(BlockFile file, byte[] source, int offset, int length, boolean direct)
      throws IOException {
    MemorySegment dst =
        direct
            ? Arena.ofAuto().allocate(Math.max(1, length)).asSlice(0, length)
            : MemorySegment.ofArray(new byte[length]);
    file.read(offset, dst);
    assertThat(MemorySegment.ofArray(source).asSlice(offset, length).mismatch(dst))
        .as("read " + offset + "+" + length)
        .isEqualTo(-1);
  }

  @Test
  void the_number_of_threads_changes_no_byte() {
    SplitRandom.run(
        random -> {
          byte[] source = mixed(random, 3_000_000);
          for (Codec codec : Codec.values()) {
            ZFileOptions options = new ZFileOptions(codec, 4096, true);
            byte[] one = compress(source, options, 0).toByteArray();
            assertThat(compress(source, options, 1).toByteArray()).isEqualTo(one);
            assertThat(compress(source, options, 3).toByteArray()).isEqualTo(one);
          }
        });
  }

  @Test
  void a_block_of_64_KiB_that_the_original_could_not_read_is_not_written() {
    SplitRandom.run(
        random -> {
          byte[] source = new byte[300_000];
          System.arraycopy(SplitRandom.bytes(random, 70_000), 0, source, 131_072, 70_000);
          for (Codec codec : Codec.values()) {
            assertThatThrownBy(() -> compress(source, new ZFileOptions(codec, 65536, true), 2))
                .isInstanceOf(UnreadableBlockException.class)
                .hasMessageContaining("block 2")
                .hasMessageContaining("32768");
          }
        });
  }

  /** Damaged where it is read first; right after it was evicted, if it heals. */
  private static final class Damaged implements BlockFile {
    private final BlockFile file;
    private final long at;
    private final boolean heals;
    private boolean evicted;

    Damaged(BlockFile file, long at, boolean heals) {
      this.file = file;
      this.at = at;
      this.heals = heals;
    }

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public void read(long offset, MemorySegment dst) throws IOException {
      file.read(offset, dst);
      if (!(heals && evicted) && at >= offset && at < offset + dst.byteSize()) {
        byte was = dst.get(java.lang.foreign.ValueLayout.JAVA_BYTE, at - offset);
        dst.set(java.lang.foreign.ValueLayout.JAVA_BYTE, at - offset, (byte) (was ^ 4));
      }
    }

    @Override
    public void evict(long offset, long length) {
      assertThat(at).isBetween(offset, offset + length - 1);
      evicted = true;
    }

    @Override
    public void close() {}
  }

  @Test
  void a_damaged_block_is_fetched_again_once() {
    SplitRandom.run(
        random -> {
          byte[] source = mixed(random, 200_000);
          MemoryFile good = compress(source, new ZFileOptions(Codec.LZ4, 4096, true), 0);
          try (ZFileReader reader = ZFileReader.open(new Damaged(good, 20_000, true), "layer")) {
            readIs(reader, source, 0, source.length, true);
          }
          Damaged hopeless = new Damaged(good, 20_000, false);
          try (ZFileReader reader = ZFileReader.open(hopeless, "sha256:abc")) {
            assertThatThrownBy(() -> readIs(reader, source, 0, source.length, true))
                .isInstanceOf(FormatException.class)
                .hasMessageMatching(
                    "sha256:abc: ZFile block \\d+ at byte \\d+: checksum expected 0x[0-9a-f]{8},"
                        + " found 0x[0-9a-f]{8}, and the same when read again");
            assertThat(hopeless.evicted).isTrue();
          }
        });
  }

  @Test
  void threads_read_one_file_at_the_same_time() {
    SplitRandom.run(
        random -> {
          byte[] source = mixed(random, 2_000_000);
          for (Codec codec : Codec.values()) {
            try (ZFileReader reader =
                    ZFileReader.open(
                        compress(source, new ZFileOptions(codec, 16384, true), 2), "shared");
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
              List<Future<?>> all = new ArrayList<>();
              for (int t = 0; t < 4; t++) {
                SplittableRandom own = random.split();
                all.add(
                    threads.submit(
                        () -> {
                          for (int i = 0; i < 200; i++) {
                            int offset = own.nextInt(source.length - 100_000);
                            readIs(reader, source, offset, own.nextInt(100_000), own.nextBoolean());
                          }
                          return null;
                        }));
              }
              for (Future<?> one : all) {
                one.get();
              }
            }
          }
        });
  }

  @Test
  void reading_past_the_end_says_so() throws IOException {
    try (ZFileReader reader =
        ZFileReader.open(
            compress(new byte[5000], new ZFileOptions(Codec.LZ4, 4096, true), 0), "short")) {
      assertThatThrownBy(() -> reader.read(4000, MemorySegment.ofArray(new byte[1001])))
          .isInstanceOf(EOFException.class)
          .hasMessageContaining("short")
          .hasMessageContaining("5000");
    }
  }

  @Test
  void options_that_no_reader_takes_are_refused() {
    for (int blockSize : new int[] {0, 2048, 4097, 131072}) {
      assertThatThrownBy(() -> new ZFileOptions(Codec.LZ4, blockSize, true))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> new ZFileOptions(Codec.ZSTD, 4096, true, 23))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
