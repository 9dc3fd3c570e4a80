package dev.obdbuild.overlaybd.lsmt;

import dev.obdbuild.overlaybd.block.FormatException;
import dev.obdbuild.overlaybd.block.SparseFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A writable layer that appends every write to a data file and a record of it to an index file.
 *
 * <p>After a crash or a power cut the layer is what the index file's valid prefix says: the writes
 * and discards up to some moment at or after the last {@link #force}, in their order. Space of
 * overwritten data is not given back.
 */
public final class LogLayer implements WritableLayer {
  /** Longer writes become several records. */
  private static final long MAX_APPEND = 4 << 20;

  private final LayerState state;
  private final RecordLog log;
  private final AtomicLong end;

  private LogLayer(LayerState state, RecordLog log, long end) {
    this.state = state;
    this.log = log;
    this.end = new AtomicLong(end);
  }

  /** Makes an empty layer in two empty files; takes over both. */
  public static LogLayer create(SparseFile data, SparseFile index, long virtualSize)
      throws IOException {
    return create(data, index, virtualSize, LayerIdentity.random());
  }

  /** As above, with given uuids. */
  public static LogLayer create(
      SparseFile data, SparseFile index, long virtualSize, LayerIdentity identity)
      throws IOException {
    LayerState state = new LayerState(data, virtualSize, identity, "log layer " + identity.uuid());
    int flags = LsmtHeader.HEADER | LsmtHeader.DATA_FILE;
    data.write(0, LsmtHeader.plain(flags, virtualSize, identity).encode());
    index.write(
        0,
        new LsmtHeader(
                LsmtHeader.HEADER,
                Sectors.HEADER_BYTES,
                0,
                virtualSize,
                identity.uuid(),
                identity.parentUuid(),
                "")
            .encode());
    return new LogLayer(
        state, new RecordLog(index, Sectors.HEADER_BYTES, data), Sectors.HEADER_BYTES);
  }

  /**
   * Opens a pair for further writing. What a crash may leave at the end of the index is cut off: an
   * incomplete last record, or all from the first record on that was never written (zeros).
   *
   * @throws FormatException if a header or a whole record is wrong; see {@link #recover}
   */
  public static LogLayer open(SparseFile data, SparseFile index, String name) throws IOException {
    return open(data, index, name, false);
  }

  /** As {@link #open}, but takes the records before the first wrong one and cuts off the rest. */
  public static LogLayer recover(SparseFile data, SparseFile index, String name)
      throws IOException {
    return open(data, index, name, true);
  }

  private static LogLayer open(SparseFile data, SparseFile index, String name, boolean prefix)
      throws IOException {
    int kind = LsmtHeader.HEADER | LsmtHeader.DATA_FILE | LsmtHeader.SEALED;
    LsmtHeader indexHeader = LsmtHeader.read(index, 0, name, "LSMT index header");
    indexHeader.requireFlags(kind, LsmtHeader.HEADER, name, "LSMT index header", 0);
    LsmtHeader dataHeader = LsmtHeader.read(data, 0, name, "LSMT data header");
    int dataKind = kind | LsmtHeader.SPARSE;
    dataHeader.requireFlags(
        dataKind, LsmtHeader.HEADER | LsmtHeader.DATA_FILE, name, "LSMT data header", 0);
    if (indexHeader.indexOffset() != Sectors.HEADER_BYTES) {
      throw new FormatException(
          name,
          "LSMT index header",
          32,
          "index offset is "
              + Long.toUnsignedString(indexHeader.indexOffset())
              + ", expected 4096");
    }
    LayerState state =
        new LayerState(
            data, checkedSize(indexHeader, name, "LSMT index header"), identity(indexHeader), name);
    long valid = RecordLog.replay(index, data.size() >> Sectors.SHIFT, state, prefix);
    long end = (data.size() + Sectors.SIZE - 1) & -Sectors.SIZE;
    RecordLog.dropAfter(valid, index);
    return new LogLayer(state, new RecordLog(index, valid, data), end);
  }

  static long checkedSize(LsmtHeader header, String name, String structure) throws FormatException {
    if (header.virtualSize() < 0 || header.virtualSize() > LsmtHeader.MAX_VIRTUAL_SIZE) {
      throw new FormatException(
          name,
          structure,
          LsmtHeader.VIRTUAL_SIZE_AT,
          "virtual size " + Long.toUnsignedString(header.virtualSize()) + " is beyond 4 PiB");
    }
    return header.virtualSize();
  }

  /** Garbage instead of a uuid has never kept a layer from opening. */
  static LayerIdentity identity(LsmtHeader header) {
    try {
      return new LayerIdentity(header.uuid(), header.parentUuid());
    } catch (IllegalArgumentException notUuids) {
      return LayerIdentity.NONE;
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
    for (long done = 0; done < src.byteSize(); ) {
      long length = Math.min(MAX_APPEND, src.byteSize() - done);
      long at = end.getAndAdd(length);
      state.data.write(at, src.asSlice(done, length));
      record(
          (offset + done) >> Sectors.SHIFT,
          (int) (length >> Sectors.SHIFT),
          at >> Sectors.SHIFT,
          false);
      state
          .map()
          .put(
              (offset + done) >> Sectors.SHIFT,
              length >> Sectors.SHIFT,
              at >> Sectors.SHIFT,
              false,
              true);
      done += length;
    }
  }

  @Override
  public void write(long offset, MemorySegment src, LayerStack below) throws IOException {
    write(offset, src);
  }

  private void record(long sector, int length, long fileSector, boolean zeroed) throws IOException {
    log.append(Records.first(sector, length), Records.second(fileSector, zeroed, 0));
  }

  @Override
  public void discard(long offset, long length, LayerStack below) throws IOException {
    state.requireOpen();
    state.checkRange(offset, length);
    // Discarded sectors have no data. Their record names the end, as the original's does, but none
    // that a failed write has moved past what is in the file.
    long position = Math.min(end.get(), state.data.size()) >> Sectors.SHIFT;
    long last = (offset + length) >> Sectors.SHIFT;
    // On disk every discard is a record, or the data written before would show again after a
    // reopen.
    for (long at = offset >> Sectors.SHIFT; at < last; at += Sectors.MAX_RECORD) {
      record(at, (int) Math.min(Sectors.MAX_RECORD, last - at), position, true);
    }
    if (length > 0) {
      state.discard(offset, length, below, position);
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
    log.force();
  }

  @Override
  public Layer freeze() throws IOException {
    state.requireOpen();
    state.end();
    log.close();
    return state.layer(segments());
  }

  @Override
  public Layer seal() throws IOException {
    Layer frozen = freeze();
    LayerSeal.append(frozen, state.data, (state.data.size() + Sectors.SIZE - 1) & -Sectors.SIZE, 0);
    return frozen;
  }

  @Override
  public void inheritVirtualSize(long size) throws IOException {
    state.requireOpen();
    state.inheritVirtualSize(size);
    LayerState.writeVirtualSize(state.data, size);
    log.writeVirtualSize(size);
  }

  @Override
  public void close() throws IOException {
    if (state.end()) {
      try (state.data) {
        log.close();
      }
    }
  }
}
