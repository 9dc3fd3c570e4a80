package dev.obdbuild.overlaybd.lsmt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.overlaybd.block.FormatException;
import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.block.SparseFile;
import dev.obdbuild.testkit.SplitRandom;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogLayerTest {
  private static final int SIZE = 1 << 20;
  private static final LayerStack NOTHING = LayerStack.of(List.of(), SIZE);

  @Test
  void wherever_the_index_is_cut_the_writes_before_are_there() {
    SplitRandom.run(
        random -> {
          MemoryFile data = new MemoryFile();
          MemoryFile index = new MemoryFile();
          List<byte[]> after = new ArrayList<>();
          byte[] device = new byte[SIZE];
          after.add(device.clone());
          LogLayer layer = LogLayer.create(data, index, SIZE);
          for (int i = 0; i < 60; i++) {
            int sector = random.nextInt(SIZE / 512 - 40);
            byte[] bytes = SplitRandom.bytes(random, 512 * (1 + random.nextInt(40)));
            if (random.nextInt(4) == 0) {
              Arrays.fill(bytes, (byte) 0);
              layer.discard(sector * 512L, bytes.length, NOTHING);
            } else {
              layer.write(sector * 512L, MemorySegment.ofArray(bytes));
            }
            System.arraycopy(bytes, 0, device, sector * 512, bytes.length);
            after.add(device.clone());
          }
          layer.force();
          byte[] whole = index.toByteArray();
          for (int cut = 4096; cut <= whole.length; cut += 1 + random.nextInt(30)) {
            LogLayer torn = LogLayer.open(data, MemoryFile.of(Arrays.copyOf(whole, cut)), "torn");
            byte[] got = new byte[SIZE];
            torn.read(0, MemorySegment.ofArray(got), NOTHING);
            assertThat(got).as("cut at " + cut).isEqualTo(after.get((cut - 4096) / 16));
          }
        });
  }

  @Test
  void writing_goes_on_after_a_torn_record() throws IOException {
    MemoryFile data = new MemoryFile();
    MemoryFile index = new MemoryFile();
    LogLayer layer = LogLayer.create(data, index, SIZE);
    layer.write(0, filled(1));
    layer.write(4096, filled(2));
    layer.force();
    index.resize(index.size() - 3);
    LogLayer torn = LogLayer.open(data, index, "torn");
    torn.write(8192, filled(3));
    torn.force();
    LogLayer again = LogLayer.open(data, index, "again");
    byte[] got = new byte[3 * 4096];
    again.read(0, MemorySegment.ofArray(got), NOTHING);
    assertThat(new int[] {got[0], got[4096], got[8192]}).containsExactly(1, 0, 3);
  }

  @Test
  void a_record_without_its_data_is_refused_and_can_be_recovered_from() throws IOException {
    MemoryFile data = new MemoryFile();
    MemoryFile index = new MemoryFile();
    LogLayer layer = LogLayer.create(data, index, SIZE);
    layer.write(0, filled(1));
    layer.write(4096, filled(2));
    layer.force();
    data.resize(data.size() - 512);
    assertThatThrownBy(() -> LogLayer.open(data, index, "short"))
        .isInstanceOf(FormatException.class)
        .hasMessage(
            "short: LSMT index record 1 at byte 4112: data at file sectors 16+8 is outside 8..23");
    LogLayer recovered = LogLayer.recover(data, index, "short");
    assertThat(recovered.segments().size()).isEqualTo(1);
  }

  @Test
  void a_frozen_layer_takes_no_writes() throws IOException {
    LogLayer layer = LogLayer.create(new MemoryFile(), new MemoryFile(), SIZE);
    Layer frozen = layer.freeze();
    assertThatThrownBy(() -> layer.write(0, filled(1))).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(layer::freeze).isInstanceOf(IllegalStateException.class);
    layer.close();
    frozen.close();
  }

  @Test
  void ranges_outside_the_device_or_between_sectors_are_the_callers_mistake() throws IOException {
    LogLayer layer = LogLayer.create(new MemoryFile(), new MemoryFile(), SIZE);
    for (long offset : new long[] {-512, 100, SIZE, SIZE - 3584}) {
      assertThatThrownBy(() -> layer.write(offset, filled(1)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> layer.discard(offset, 4096, NOTHING))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static MemorySegment filled(int value) {
    byte[] bytes = new byte[4096];
    Arrays.fill(bytes, (byte) value);
    return MemorySegment.ofArray(bytes);
  }

  /** A data file whose disk may be full. */
  private static final class FullFile implements SparseFile {
    final MemoryFile bytes = new MemoryFile();
    boolean full;

    @Override
    public long size() {
      return bytes.size();
    }

    @Override
    public void read(long offset, MemorySegment dst) throws IOException {
      bytes.read(offset, dst);
    }

    @Override
    public void write(long offset, MemorySegment src) throws IOException {
      if (full) {
        throw new IOException("no space left on device");
      }
      bytes.write(offset, src);
    }

    @Override
    public void punch(long offset, long length) throws IOException {
      bytes.punch(offset, length);
    }

    @Override
    public void truncate(long size) throws IOException {
      bytes.truncate(size);
    }

    @Override
    public void force() throws IOException {
      bytes.force();
    }

    @Override
    public void close() {}
  }

  @Test
  void a_discard_after_a_write_that_failed_can_be_read_again() throws IOException {
    FullFile data = new FullFile();
    MemoryFile index = new MemoryFile();
    LogLayer layer = LogLayer.create(data, index, SIZE);
    layer.write(0, filled(1));
    data.full = true;
    assertThatThrownBy(() -> layer.write(4096, filled(2))).hasMessageContaining("no space");
    layer.discard(0, 512, NOTHING);
    layer.force();
    byte[] got = new byte[1024];
    LogLayer.open(data.bytes, index, "again").read(0, MemorySegment.ofArray(got), NOTHING);
    byte[] wanted = new byte[1024];
    Arrays.fill(wanted, 512, 1024, (byte) 1);
    assertThat(got).isEqualTo(wanted);
  }
}
