package dev.obdbuild.overlaybd.lsmt;

import dev.obdbuild.overlaybd.block.AllocatedExtents;
import dev.obdbuild.overlaybd.block.FormatException;
import dev.obdbuild.overlaybd.block.SparseFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A writable layer whose sector n lies at byte 4096 + 512 n of one sparse file: rewriting takes no
 * more space, a discard gives space back.
 *
 * <p>On disk there is no index. A layer that was made by {@link #create} needs a {@link
 * RawLayerIndex} beside its file, and a journal while it is written: read from its holes, discards
 * would be lost and a write of less than a filesystem block would bring zeros along. One that was
 * opened from its holes stores whole blocks of 4 KiB, and zeros for what a discard hides, so that
 * they can be read again. After a power cut each of its sectors is what it was at the last {@link
 * #force}, or what was written to it since.
 */
public final class SparseLayer implements WritableLayer {
  private final LayerState state;
  private final @Nullable SparseJournal journal;

  /** Null when an index beside the file will say what is stored. */
  private final @Nullable WholeBlocks blocks;

  private SparseLayer(
      LayerState state, @Nullable SparseJournal journal, @Nullable WholeBlocks blocks) {
    this.state = state;
    this.journal = journal;
    this.blocks = blocks;
  }

  /** Makes an empty layer in an empty file; takes over the file. */
  public static SparseLayer create(SparseFile data, long virtualSize) throws IOException {
    return create(data, virtualSize, LayerIdentity.random());
  }

  /** As above, with given uuids. */
  public static SparseLayer create(SparseFile data, long virtualSize, LayerIdentity identity)
      throws IOException {
    return new SparseLayer(make(data, virtualSize, identity), null, null);
  }

  /**
   * As above, with a journal in another empty file, taken over too: what was written and discarded
   * outlives this process, see {@link #reopen}.
   */
  public static SparseLayer createJournalled(
      SparseFile data, SparseFile journal, long virtualSize, LayerIdentity identity)
      throws IOException {
    LayerState state = make(data, virtualSize, identity);
    return new SparseLayer(state, SparseJournal.create(journal, virtualSize, identity), null);
  }

  private static LayerState make(SparseFile data, long virtualSize, LayerIdentity identity)
      throws IOException {
    LayerState state =
        new LayerState(data, virtualSize, identity, "sparse layer " + identity.uuid());
    int flags = LsmtHeader.HEADER | LsmtHeader.DATA_FILE | LsmtHeader.SPARSE;
    data.write(0, LsmtHeader.plain(flags, virtualSize, identity).encode());
    extend(data, virtualSize);
    return state;
  }

  /**
   * Sets the file's size by a sector that is given back at once; the file interface has no
   * truncate.
   */
  private static void extend(SparseFile data, long virtualSize) throws IOException {
    if (virtualSize >= Sectors.SIZE) {
      long last = Sectors.HEADER_BYTES + virtualSize - Sectors.SIZE;
      data.write(last, MemorySegment.ofArray(new byte[Sectors.SIZE]));
      // The whole filesystem block, or it would stay allocated and count as data when the holes are
      // read.
      data.punch(last & -Sectors.HEADER_BYTES, Sectors.HEADER_BYTES);
    }
  }

  /**
   * Opens a file that somebody else wrote: what is not a hole is data. It stays a file that can be
   * opened so, if its filesystem has blocks of 4 KiB or less and writes say what is below.
   *
   * @throws FormatException if the header is not that of a sparse layer
   */
  public static SparseLayer open(SparseFile data, AllocatedExtents extents, String name)
      throws IOException {
    LayerState state = read(data, name);
    long end = data.size();
    long at = extents.nextData(Sectors.HEADER_BYTES);
    while (at >= 0 && at < end) {
      long hole = Math.min(end, extents.nextHole(at));
      mapExtent(state, at >> Sectors.SHIFT, hole >> Sectors.SHIFT);
      at = hole >= end ? -1 : extents.nextData(hole);
    }
    return new SparseLayer(state, null, new WholeBlocks(state));
  }

  /**
   * Opens a layer made by {@link #createJournalled} whose writer is gone, killed perhaps:
   * everything that it acknowledged is there, and of what was under way any part. Takes over both
   * files.
   *
   * @param below what lay below the layer when it was written
   * @throws FormatException if either file is not what it should be; they are then still the
   *     caller's to close
   */
  public static SparseLayer reopen(
      SparseFile data, SparseFile journal, LayerStack below, String name) throws IOException {
    LayerState state = read(data, name);
    return new SparseLayer(state, SparseJournal.replay(journal, state, below), null);
  }

  private static LayerState read(SparseFile data, String name) throws IOException {
    LsmtHeader header = LsmtHeader.read(data, 0, name, "LSMT data header");
    int kind = LsmtHeader.HEADER | LsmtHeader.DATA_FILE | LsmtHeader.SEALED | LsmtHeader.SPARSE;
    header.requireFlags(kind, kind & ~LsmtHeader.SEALED, name, "LSMT data header", 0);
    return new LayerState(
        data,
        LogLayer.checkedSize(header, name, "LSMT data header"),
        LogLayer.identity(header),
        name);
  }

  private static void mapExtent(LayerState state, long from, long to) {
    long stop = Math.min(to, Sectors.FIRST_DATA + (state.virtualSize() >> Sectors.SHIFT));
    for (long at = from; at < stop; at += Sectors.MAX_RECORD) {
      long count = Math.min(Sectors.MAX_RECORD, stop - at);
      state.map().put(at - Sectors.FIRST_DATA, count, at, false, true);
    }
  }

  @Override
  public long virtualSize() {
    return state.virtualSize();
  }

  @Override
  public LayerIdentity identity() {
    return state.identity;
  }

  @Override
  public void write(long offset, MemorySegment src) throws IOException {
    state.requireOpen();
    state.checkRange(offset, src.byteSize());
    long sector = offset >> Sectors.SHIFT;
    long count = src.byteSize() >> Sectors.SHIFT;
    // The data first: a reader that sees the new entry must find the bytes.
    state.data.write(Sectors.HEADER_BYTES + offset, src);
    if (journal != null && count > 0 && !stored(sector, count)) {
      journal.note(sector, count, false);
    }
    state.map().put(sector, count, Sectors.FIRST_DATA + sector, false, false);
  }

  /** Whether all of these sectors have data, which the journal then knows. */
  private boolean stored(long sector, long count) throws IOException {
    boolean[] all = {true};
    state
        .map()
        .visit(
            sector,
            count,
            (at, length, map) -> all[0] &= map != 0 && (map & SegmentIndex.ZEROED) == 0);
    return all[0];
  }

  @Override
  public void write(long offset, MemorySegment src, LayerStack below) throws IOException {
    if (blocks == null) {
      write(offset, src);
      return;
    }
    state.requireOpen();
    state.checkRange(offset, src.byteSize());
    blocks.write(offset, src, below);
  }

  @Override
  public void discard(long offset, long length, LayerStack below) throws IOException {
    state.requireOpen();
    state.checkRange(offset, length);
    if (length > 0 && blocks != null) {
      blocks.discard(offset, length, below);
    } else if (length > 0) {
      if (journal != null) {
        journal.note(offset >> Sectors.SHIFT, length >> Sectors.SHIFT, true);
      }
      state.discard(offset, length, below, Sectors.FIRST_DATA + (offset >> Sectors.SHIFT));
      state.data.punch(Sectors.HEADER_BYTES + offset, length);
    }
  }

  @Override
  public void read(long offset, MemorySegment dst, LayerStack below) throws IOException {
    state.read(offset, dst, below);
  }

  @Override
  public SegmentIndex segments() {
    return state.map().snapshot();
  }

  @Override
  public long storedBytes() {
    return state.map().dataSectors() << Sectors.SHIFT;
  }

  @Override
  public void force() throws IOException {
    state.data.force();
    if (journal != null) {
      journal.force();
    }
  }

  @Override
  public Layer freeze() throws IOException {
    state.requireOpen();
    state.end();
    closeJournal();
    return state.layer(segments());
  }

  @Override
  public Layer seal() throws IOException {
    Layer frozen = freeze();
    LayerSeal.append(frozen, state.data, Sectors.HEADER_BYTES + virtualSize(), LsmtHeader.SPARSE);
    return frozen;
  }

  @Override
  public void inheritVirtualSize(long size) throws IOException {
    state.requireOpen();
    if (journal != null) {
      throw new IllegalStateException(state.name + " was made with a journal and a size");
    }
    state.inheritVirtualSize(size);
    LayerState.writeVirtualSize(state.data, size);
    extend(state.data, size);
  }

  @Override
  public void close() throws IOException {
    if (state.end()) {
      try (state.data) {
        closeJournal();
      }
    }
  }

  private void closeJournal() throws IOException {
    if (journal != null) {
      journal.close();
    }
  }
}
