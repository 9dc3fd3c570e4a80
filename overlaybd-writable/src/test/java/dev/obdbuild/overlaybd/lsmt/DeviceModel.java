package dev.obdbuild.overlaybd.lsmt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.block.SparseFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** A device made of layers, and the same device as a byte array. */
final class DeviceModel implements AutoCloseable {
  static final int SECTORS = 2048 + 520;
  private static final int SIZE = SECTORS * 512;

  enum Kind {
    WRITE,
    DISCARD,
    READ,
    NEXT_LAYER,
    COMMIT,
    SEAL,
    RAW_INDEX,
    MERGE,
    REOPEN,
    RESTACK
  }

  record Operation(Kind kind, int sector, int sectors, int seed, boolean aligned) {
    static Operation of(Kind kind, int sector, int sectors, int seed, boolean aligned) {
      int start = aligned ? sector & -8 : sector;
      int count = aligned ? (sectors + 7) & -8 : sectors;
      return new Operation(kind, start, Math.min(count, SECTORS - start), seed, aligned);
    }

    long offset() {
      return sector * 512L;
    }
  }

  private final byte[] expected = new byte[SIZE];
  private LayerStack below = LayerStack.of(List.of(), SIZE);
  private WritableLayer top;
  private SparseFile data = new MemoryFile();
  private SparseFile index = new MemoryFile();

  DeviceModel() throws IOException {
    top = SparseLayer.createJournalled(data, index, SIZE, LayerIdentity.random());
  }

  void apply(Operation op) throws IOException {
    switch (op.kind) {
      case WRITE -> write(op);
      case DISCARD -> {
        top.discard(op.offset(), op.sectors * 512L, below);
        Arrays.fill(expected, op.sector * 512, (op.sector + op.sectors) * 512, (byte) 0);
      }
      case READ -> check(op.sector, op.sectors);
      case NEXT_LAYER -> next(top.freeze(), op);
      case COMMIT -> {
        MemoryFile out = new MemoryFile();
        CommitOptions options = CommitOptions.of(SIZE);
        LayerCommit.write(top.segments(), data, options, out);
        assertThat(LayerCommit.size(top.segments())).isEqualTo(out.size());
        top.close();
        next(Layer.open(out, "committed"), op);
      }
      case SEAL -> {
        top.seal();
        next(Layer.open(data, "sealed"), op);
      }
      case RAW_INDEX -> rawIndex(op);
      case MERGE -> merge(op);
      case REOPEN -> reopen();
      case RESTACK -> below = LayerStack.of(below.layers(), SIZE);
    }
  }

  private void write(Operation op) throws IOException {
    byte[] bytes = new byte[op.sectors * 512];
    new SplittableRandom(op.seed).nextBytes(bytes);
    top.write(op.offset(), MemorySegment.ofArray(bytes));
    System.arraycopy(bytes, 0, expected, op.sector * 512, bytes.length);
  }

  private void next(Layer finished, Operation op) throws IOException {
    below = below.plus(finished);
    data = new MemoryFile();
    index = new MemoryFile();
    top =
        switch (Math.floorMod(op.seed, 3)) {
          case 0 -> SparseLayer.create(data, SIZE);
          case 1 -> SparseLayer.createJournalled(data, index, SIZE, LayerIdentity.random());
          default -> LogLayer.create(data, index, SIZE);
        };
  }

  private void rawIndex(Operation op) throws IOException {
    Path file = Files.createTempFile("raw", ".index");
    Layer frozen = top.freeze();
    RawLayerIndex.write(frozen, file);
    Layer opened = RawLayerIndex.open(data, file, "raw");
    Files.delete(file);
    assertThat(opened.index().dataSectors()).isEqualTo(frozen.index().dataSectors());
    assertThat(opened.uuid()).isEqualTo(frozen.uuid());
    next(opened, op);
  }

  /** Replaces the upper layers by one. */
  private void merge(Operation op) throws IOException {
    List<Layer> layers = below.layers();
    int kept = layers.isEmpty() ? 0 : op.sector % layers.size();
    MemoryFile out = new MemoryFile();
    LayerMerge.write(layers.subList(kept, layers.size()), CommitOptions.of(SIZE), out);
    List<Layer> fewer = new ArrayList<>(layers.subList(0, kept));
    fewer.add(Layer.open(out, "merged"));
    below = LayerStack.of(fewer, SIZE);
  }

  /**
   * As after a kill: a log layer that was forced and a sparse one with a journal lose nothing. A
   * sparse one without may, so it stays.
   */
  private void reopen() throws IOException {
    if (top instanceof LogLayer log) {
      log.force();
      top = LogLayer.open(data, index, "reopened");
    } else if (index.size() > 0) {
      long stored = top.storedBytes();
      top = SparseLayer.reopen(data, index, below, "reopened");
      assertThat(top.storedBytes()).isEqualTo(stored);
    }
  }

  private void check(int sector, int sectors) throws IOException {
    MemorySegment got = MemorySegment.ofArray(new byte[sectors * 512]);
    got.fill((byte) 0x55);
    top.read(sector * 512L, got, below);
    long at = MemorySegment.ofArray(expected).asSlice(sector * 512L, sectors * 512L).mismatch(got);
    assertThat(at).as("first wrong byte after sector " + sector).isEqualTo(-1);
  }

  void checkAll() throws IOException {
    check(0, SECTORS);
    for (int sector = 0; sector < SECTORS; sector += 8) {
      check(sector, Math.min(8, SECTORS - sector));
    }
    assertThat(top.storedBytes()).isEqualTo(top.segments().dataSectors() * 512);
    LayerStack all = below.plus(top.freeze());
    LayerStack fresh = LayerStack.of(all.layers(), SIZE);
    for (LayerStack stack : List.of(all, fresh)) {
      MemorySegment got = MemorySegment.ofArray(new byte[SIZE]);
      got.fill((byte) 0x55);
      stack.read(0, got);
      assertThat(MemorySegment.ofArray(expected).mismatch(got)).isEqualTo(-1);
    }
    for (int sector = 0; sector < SECTORS; sector += 8) {
      int n = Math.min(8, SECTORS - sector);
      boolean zero =
          MemorySegment.ofArray(expected)
                  .asSlice(sector * 512L, n * 512L)
                  .mismatch(MemorySegment.ofArray(new byte[n * 512]))
              < 0;
      // Random data is never all zeros, so a block without data is one that no layer stores.
      assertThat(all.hasData(sector * 512L, n * 512L)).isEqualTo(!zero);
    }
  }

  @Override
  public void close() throws IOException {
    top.close();
  }
}
