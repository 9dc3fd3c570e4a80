package dev.obdbuild.linux.file;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The names of a directory, sorted by bytes, and what statx tells of each, packed: a hundred
 * thousand of them take a third of what as many {@link Stat} do. Immutable.
 */
public final class StatList {
  /** Of struct statx: from the number of links to the device's number. */
  private static final int FROM = 16;

  private static final int ROW = 144 - FROM;

  /** Mode, inode, size; both times of changes, the node's device, the filesystem's. */
  private static final int MODE = 28 - FROM;

  private static final int MODE_LENGTH = 20;
  private static final int TIMES = 96 - FROM;
  private static final int TIMES_LENGTH = 48;
  private static final int MTIME = 112 - FROM;

  /** Bytes that {@link #identity} writes. */
  public static final int IDENTITY = MODE_LENGTH + TIMES_LENGTH;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.nativeOrder());

  private final RawPath[] names;
  private final byte[] rows;

  private StatList(RawPath[] names, byte[] rows) {
    this.names = names;
    this.rows = rows;
  }

  /** How many names there are. */
  public int size() {
    return names.length;
  }

  /** The name at {@code index}. */
  public RawPath name(int index) {
    return names[index];
  }

  /** What the name at {@code index} is. */
  public FileType type(int index) {
    return FileType.ofMode(Short.toUnsignedInt((short) SHORT.get(rows, index * ROW + MODE)));
  }

  /** All that was told of the name at {@code index}. */
  public Stat stat(int index) {
    // Of longs, since its fields are read aligned.
    MemorySegment statx = MemorySegment.ofArray(new long[Stat.STRUCT_SIZE / Long.BYTES]);
    MemorySegment.copy(MemorySegment.ofArray(rows), (long) index * ROW, statx, FROM, ROW);
    return Stat.of(statx);
  }

  /** When the file at {@code index} was changed last, in seconds: its own time or its content's. */
  public long changed(int index) {
    int at = index * ROW;
    return Math.max((long) LONG.get(rows, at + TIMES), (long) LONG.get(rows, at + MTIME));
  }

  /**
   * Writes what tells a state of the file at {@code index} from every other: all but its owner,
   * links, blocks, and the times of its making and last reading.
   *
   * @return where it ends in {@code into}
   */
  public int identity(int index, byte[] into, int at) {
    int row = index * ROW;
    System.arraycopy(rows, row + MODE, into, at, MODE_LENGTH);
    System.arraycopy(rows, row + TIMES, into, at + MODE_LENGTH, TIMES_LENGTH);
    return at + IDENTITY;
  }

  /** A list that still grows; its memory is used again. */
  static final class Growing {
    private record Entry(RawPath name, int row) {}

    private final List<Entry> entries = new ArrayList<>();
    private byte[] rows = new byte[16 * ROW];

    /** Begins another list. */
    void clear() {
      entries.clear();
    }

    /** Adds a name with its struct statx. */
    void add(RawPath name, MemorySegment statx) {
      int row = entries.size();
      if (rows.length == row * ROW) {
        rows = Arrays.copyOf(rows, Math.multiplyExact(rows.length, 2));
      }
      MemorySegment.copy(statx, ValueLayout.JAVA_BYTE, FROM, rows, row * ROW, ROW);
      entries.add(new Entry(name, row));
    }

    StatList sorted() {
      entries.sort((a, b) -> a.name().compareTo(b.name()));
      RawPath[] names = new RawPath[entries.size()];
      byte[] sorted = new byte[names.length * ROW];
      for (int i = 0; i < names.length; i++) {
        names[i] = entries.get(i).name();
        System.arraycopy(rows, entries.get(i).row() * ROW, sorted, i * ROW, ROW);
      }
      return new StatList(names, sorted);
    }
  }
}
