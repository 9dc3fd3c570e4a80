package dev.obdbuild.overlaybd.lsmt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.overlaybd.block.FormatException;
import dev.obdbuild.overlaybd.block.MemoryFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LargeDeviceTest {
  private static final long TIB = 1L << 40;

  @ParameterizedTest
  @ValueSource(strings = {"log", "sparse"})
  void offsets_beyond_2_TiB_are_right(String kind) throws IOException {
    long size = 16 * TIB;
    long[] offsets = {
      0, 4096, 2 * TIB - 512, 2 * TIB, 2 * TIB + 4096, 3 * TIB, 8 * TIB + 512, 16 * TIB - 512
    };
    MemoryFile data = new MemoryFile();
    WritableLayer layer =
        kind.equals("log")
            ? LogLayer.create(data, new MemoryFile(), size)
            : SparseLayer.create(data, size);
    LayerStack nothing = LayerStack.of(List.of(), size);
    for (int i = 0; i < offsets.length; i++) {
      layer.write(offsets[i], sector(i + 1));
    }
    MemoryFile committed = new MemoryFile();
    LayerCommit.write(layer.segments(), data, CommitOptions.of(size), committed);
    Layer opened = Layer.open(committed, "committed");
    assertThat(opened.virtualSize()).isEqualTo(size);
    LayerStack stack = LayerStack.of(List.of(opened));
    for (int i = 0; i < offsets.length; i++) {
      byte[] got = new byte[512];
      stack.read(offsets[i], MemorySegment.ofArray(got));
      assertThat(got[0]).as("at " + offsets[i]).isEqualTo((byte) (i + 1));
      layer.read(offsets[i], MemorySegment.ofArray(got), nothing);
      assertThat(got[511]).as("at " + offsets[i]).isEqualTo((byte) (i + 1));
    }
    byte[] hole = new byte[512];
    stack.read(5 * TIB, MemorySegment.ofArray(hole));
    assertThat(hole).containsOnly(0);
  }

  private static MemorySegment sector(int value) {
    byte[] bytes = new byte[512];
    java.util.Arrays.fill(bytes, (byte) value);
    return MemorySegment.ofArray(bytes);
  }

  @Test
  void of_255_layers_the_topmost_wins_everywhere() throws IOException {
    int sectors = 4096;
    byte[] expected = new byte[sectors];
    List<Layer> layers = new ArrayList<>();
    LayerStack grown = LayerStack.of(List.of(), sectors * 512L);
    for (int n = 1; n <= 255; n++) {
      LogLayer layer = LogLayer.create(new MemoryFile(), new MemoryFile(), sectors * 512L);
      for (int sector = n % 7; sector < sectors; sector += 3 + n % 13) {
        layer.write(sector * 512L, sector(n));
        expected[sector] = (byte) n;
      }
      Layer frozen = layer.freeze();
      layers.add(frozen);
      grown = grown.plus(frozen);
    }
    for (LayerStack stack : List.of(grown, LayerStack.of(layers))) {
      MemorySegment got = MemorySegment.ofArray(new byte[sectors * 512]);
      stack.read(0, got);
      for (int sector = 0; sector < sectors; sector++) {
        assertThat(got.get(ValueLayout.JAVA_BYTE, sector * 512L + 7))
            .as("sector " + sector)
            .isEqualTo(expected[sector]);
      }
    }
  }

  @Test
  void more_records_than_readers_take_are_not_written() throws IOException {
    int count = 1_000_000;
    SegmentBuilder segments = new SegmentBuilder(count, false);
    for (int i = 0; i < count; i++) {
      segments.add(i * 2L, 1, SegmentIndex.ZEROED | 8, 0);
    }
    SegmentIndex index = segments.build();
    assertThatThrownBy(() -> LayerCommit.size(index))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("999936")
        .hasMessageContaining("1000000");
  }

  @Test
  void a_stack_beyond_the_memory_budget_is_refused_by_layer() {
    SegmentBuilder segments = new SegmentBuilder(1 << 20, false);
    for (int i = 0; i < 1 << 20; i++) {
      segments.add(i * 2L, 1, 8, 0);
    }
    Layer layer = new Layer("sha256:fat", 1L << 40, "", "", "", segments.build(), new MemoryFile());
    List<Layer> layers = new ArrayList<>(java.util.Collections.nCopies(12, layer));
    assertThatThrownBy(() -> LayerStack.of(layers))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("sha256:fat");
  }
}
