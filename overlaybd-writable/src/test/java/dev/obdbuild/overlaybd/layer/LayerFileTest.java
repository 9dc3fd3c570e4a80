package dev.obdbuild.overlaybd.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.FormatException;
import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.lsmt.CommitOptions;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import dev.obdbuild.overlaybd.zfile.Codec;
import dev.obdbuild.overlaybd.zfile.ZFileOptions;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layers whose bytes lie far away: what is read of them to open them, and what is announced. */
class LayerFileTest {
  private static final int PIECE = 512 << 10;
  private static final long SIZE = 16 << 20;
  private static final Optional<ZFileOptions> LZ4 =
      Optional.of(new ZFileOptions(Codec.LZ4, 4096, true));

  @TempDir Path folder;

  /** Bytes in memory that remember what was asked of them. */
  private static final class Watched implements BlockFile {
    final List<long[]> reads = new ArrayList<>();
    final List<long[]> expected = new ArrayList<>();
    private final byte[] bytes;

    Watched(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public void read(long offset, MemorySegment dst) {
      reads.add(new long[] {offset, dst.byteSize()});
      dst.copyFrom(MemorySegment.ofArray(bytes).asSlice(offset, dst.byteSize()));
    }

    @Override
    public void expect(long offset, long length) {
      expected.add(new long[] {offset, length});
    }

    @Override
    public void close() {}
  }

  /** Random bytes at {@code at}, sealed. */
  private byte[] blob(int at, Optional<ZFileOptions> options, boolean tar) throws IOException {
    SparseLayer writable = SparseLayer.create(new MemoryFile(), SIZE);
    byte[] bytes = new byte[PIECE];
    new Random(at).nextBytes(bytes);
    writable.write(at, MemorySegment.ofArray(bytes));
    Path out = folder.resolve("blob");
    try (Layer raw = writable.freeze()) {
      SealedLayerWriter.seal(raw, CommitOptions.of(SIZE), options, tar, out, 0);
    }
    byte[] blob = Files.readAllBytes(out);
    Files.delete(out);
    return blob;
  }

  private static byte[] read(Layer layer) throws IOException {
    byte[] got = new byte[4 << 20];
    LayerStack.of(List.of(layer)).read(0, MemorySegment.ofArray(got));
    return got;
  }

  @Test
  void a_layer_is_opened_by_its_end_alone() throws IOException {
    for (boolean tar : new boolean[] {true, false}) {
      byte[] blob = blob(4096, LZ4, tar);
      Watched file = new Watched(blob);
      Layer layer = LayerFile.openByEnd(file, "x").orElseThrow();
      assertThat(file.reads).allMatch(read -> read[0] > blob.length - 16384);
      try (Layer whole = LayerFile.open(new Watched(blob), "x")) {
        assertThat(read(layer)).isEqualTo(read(whole));
        assertThat(layer.uuid()).isEqualTo(whole.uuid());
        assertThat(layer.virtualSize()).isEqualTo(whole.virtualSize());
      }
    }
  }

  @Test
  void what_the_end_does_not_tell_is_left_to_the_beginning() throws IOException {
    assertThat(LayerFile.openByEnd(new Watched(blob(4096, Optional.empty(), true)), "x")).isEmpty();
    assertThat(LayerFile.openByEnd(new Watched(new byte[0]), "x")).isEmpty();
    byte[] blob = blob(4096, LZ4, true);
    byte[] longer = Arrays.copyOf(blob, blob.length + 512);
    assertThat(LayerFile.openByEnd(new Watched(longer), "x")).isEmpty();
    for (int at = blob.length - 2040; at < blob.length - 1030; at += 3) {
      byte[] damaged = blob.clone();
      damaged[at] ^= 16;
      try {
        Optional<Layer> opened = LayerFile.openByEnd(new Watched(damaged), "x");
        if (opened.isPresent()) {
          // Padding behind the trailer: nothing of the layer.
          assertThat(read(opened.get())).isEqualTo(read(LayerFile.open(new Watched(blob), "x")));
        }
      } catch (FormatException e) {
        assertThat(e).hasMessageContaining("x");
      }
    }
  }

  @Test
  void a_damaged_index_is_noticed_at_the_end_too() throws IOException {
    byte[] blob = blob(4096, LZ4, true);
    int trailer = blob.length - 1024 - 512;
    while (blob[trailer] != 'Z' || blob[trailer + 1] != 'F') {
      trailer--;
    }
    blob[trailer - 20] ^= 1;
    assertThatThrownBy(() -> LayerFile.openByEnd(new Watched(blob), "x"))
        .isInstanceOf(FormatException.class);
  }

  @Test
  void all_pieces_of_a_read_are_announced_before_the_first_is_read() throws IOException {
    Watched low = new Watched(blob(0, LZ4, true));
    Watched high = new Watched(blob(PIECE, LZ4, true));
    Layer one = LayerFile.openByEnd(low, "low").orElseThrow();
    Layer two = LayerFile.openByEnd(high, "high").orElseThrow();
    low.reads.clear();
    low.expected.clear();
    high.reads.clear();
    high.expected.clear();
    LayerStack stack = LayerStack.of(List.of(one, two));
    stack.read(PIECE - 8192, MemorySegment.ofArray(new byte[16384]));
    assertThat(low.reads).hasSize(1);
    assertThat(low.expected).isEmpty();
    assertThat(high.reads).hasSize(1);
    assertThat(high.expected).hasSize(1);
    long[] read = high.reads.getFirst();
    assertThat(high.expected.getFirst()).containsExactly(read);
  }

  @Test
  void a_read_of_many_blocks_is_announced_as_a_whole() throws IOException {
    Watched file = new Watched(blob(0, LZ4, true));
    Layer layer = LayerFile.openByEnd(file, "x").orElseThrow();
    file.reads.clear();
    file.expected.clear();
    LayerStack.of(List.of(layer)).read(0, MemorySegment.ofArray(new byte[PIECE]));
    assertThat(file.reads).hasSizeGreaterThan(1);
    long end = file.reads.getLast()[0] + file.reads.getLast()[1];
    assertThat(file.expected).hasSize(1);
    assertThat(file.expected.getFirst())
        .containsExactly(file.reads.getFirst()[0], end - file.reads.getFirst()[0]);
  }
}
