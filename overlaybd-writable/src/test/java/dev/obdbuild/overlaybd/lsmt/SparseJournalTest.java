package dev.obdbuild.overlaybd.lsmt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.overlaybd.block.FormatException;
import dev.obdbuild.overlaybd.block.MemoryFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sparse layers that outlive their writer; random ones are in {@link DeviceModelTest}. */
final class SparseJournalTest {
  private static final int SIZE = 64 << 20;

  private final MemoryFile data = new MemoryFile();
  private final MemoryFile journal = new MemoryFile();
  private final LayerStack nothing = LayerStack.of(List.of(), SIZE);

  @Test
  void aRewriteNeedsNoMoreRoom() throws IOException {
    WritableLayer layer = create();
    layer.write(1 << 20, bytes(1 << 20, 'a'));
    long size = journal.size();
    layer.write(1 << 20, bytes(1 << 20, 'b'));
    layer.write((1 << 20) + 4096, bytes(512, 'c'));
    assertThat(journal.size()).isEqualTo(size);
    assertThat(read(reopen(), (1 << 20) + 4096)).isEqualTo((byte) 'c');
  }

  @Test
  void aDiscardOfTheWholeDeviceIsKept() throws IOException {
    SparseLayer base = SparseLayer.create(new MemoryFile(), SIZE);
    base.write(0, bytes(8192, 'x'));
    base.write(SIZE - 4096, bytes(4096, 'x'));
    LayerStack below = nothing.plus(base.freeze());
    WritableLayer layer = create();
    layer.write(4096, bytes(4096, 'y'));
    layer.discard(0, SIZE, below);
    SparseLayer again = SparseLayer.reopen(data, journal, below, "again");
    assertThat(again.segments().size()).isEqualTo(layer.segments().size());
    assertThat(again.storedBytes()).isZero();
    MemorySegment got = bytes(SIZE, 'z');
    again.read(0, got, below);
    assertThat(got.mismatch(bytes(SIZE, 0))).isEqualTo(-1);
  }

  @Test
  void aRecordThatWasCutShortIsDropped() throws IOException {
    create().write(0, bytes(4096, 'a'));
    long whole = journal.size();
    reopen().write(8192, bytes(4096, 'b'));
    MemoryFile torn = new MemoryFile();
    torn.write(0, copy(journal, whole + Records.BYTES - 1));
    SparseLayer layer = SparseLayer.reopen(data, torn, nothing, "torn");
    assertThat(layer.storedBytes()).isEqualTo(4096);
    layer.write(16384, bytes(4096, 'c'));
    assertThat(SparseLayer.reopen(data, torn, nothing, "mended").storedBytes()).isEqualTo(8192);
  }

  @Test
  void anImpossibleRecordIsRefusedByNumberAndPlace() throws IOException {
    WritableLayer layer = create();
    layer.write(0, bytes(4096, 'a'));
    layer.write(8192, bytes(4096, 'a'));
    MemorySegment wrong = bytes(1, 0x7f);
    journal.write(Sectors.HEADER_BYTES + Records.BYTES, wrong);
    assertThatThrownBy(this::reopen)
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("record 1");
  }

  @Test
  void theJournalOfAnotherDeviceIsRefused() throws IOException {
    create();
    MemoryFile other = new MemoryFile();
    SparseLayer.createJournalled(new MemoryFile(), other, SIZE / 2, LayerIdentity.random());
    assertThatThrownBy(() -> SparseLayer.reopen(data, other, nothing, "mixed"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("virtual size");
  }

  private SparseLayer create() throws IOException {
    return SparseLayer.createJournalled(data, journal, SIZE, LayerIdentity.random());
  }

  private SparseLayer reopen() throws IOException {
    return SparseLayer.reopen(data, journal, nothing, "reopened");
  }

  private byte read(WritableLayer layer, long offset) throws IOException {
    byte[] sector = new byte[512];
    layer.read(offset, MemorySegment.ofArray(sector), nothing);
    return sector[0];
  }

  private static MemorySegment copy(MemoryFile file, long length) throws IOException {
    MemorySegment bytes = MemorySegment.ofArray(new byte[(int) length]);
    file.read(0, bytes);
    return bytes;
  }

  private static MemorySegment bytes(int length, int value) {
    return MemorySegment.ofArray(new byte[length]).fill((byte) value);
  }
}
