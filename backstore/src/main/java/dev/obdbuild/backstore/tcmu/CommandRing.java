package dev.obdbuild.backstore.tcmu;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ring of commands in the memory that one device shares with the kernel; layout in the
 * package's document. Whatever stands there is checked before it is believed. Thread-safe; no call
 * waits.
 */
public final class CommandRing {
  private static final int VERSION = 2;
  private static final int CAN_REORDER = 1;
  private static final int CAN_READ_LESS = 2;

  private static final int FLAGS = 2;
  private static final int RING_OFFSET = 4;
  private static final int RING_SIZE = 8;
  private static final int HEAD = 12;
  private static final int TAIL = 64;
  private static final int MAILBOX = 128;

  private static final int ALIGN = 8;
  private static final int KIND_MASK = 7;
  private static final int PADDING = 0;
  private static final int COMMAND = 1;
  private static final int TASK_MANAGEMENT = 2;
  private static final int HEADER = 8;

  private static final int ID = 4;
  private static final int OUR_FLAGS = 7;
  private static final int READ_LENGTH_VALID = 2;
  private static final int VECTORS = 8;
  private static final int BIDIRECTIONAL = 12;
  private static final int BLOCK = 24;
  private static final int FIRST_VECTOR = 48;
  private static final int VECTOR = 16;
  private static final int BLOCK_SIZE = 16;

  private static final int STATUS = 8;
  private static final int READ_LENGTH = 12;
  private static final int SENSE = 16;
  private static final int SENSE_SIZE = 96;
  private static final int LEAST_COMMAND = SENSE + SENSE_SIZE;

  private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

  private final MemorySegment map;
  private final String name;
  private final long start;
  private final int size;
  private final boolean reorders;
  private final boolean readsLess;

  /** Where the next entry to be taken is; from here to the head all is unseen. */
  private int next;

  /** Where the next response goes; from here to {@link #next} all is taken and not completed. */
  private int tail;

  /** Responses that are early, for a kernel that wants them in order. */
  private final Map<Integer, RingResponse> early = new HashMap<>();

  /**
   * @param name of the device, for messages
   * @throws IOException when the memory does not hold a ring that is understood here
   */
  public CommandRing(MemorySegment map, String name) throws IOException {
    this.map = map;
    this.name = name;
    if (map.byteSize() < MAILBOX) {
      throw broken("the map has only " + map.byteSize() + " bytes");
    }
    int version = map.get(ValueLayout.JAVA_SHORT, 0) & 0xFFFF;
    if (version != VERSION) {
      throw broken("mailbox version " + version + " instead of " + VERSION);
    }
    int flags = map.get(ValueLayout.JAVA_SHORT, FLAGS);
    reorders = (flags & CAN_REORDER) != 0;
    readsLess = (flags & CAN_READ_LESS) != 0;
    start = map.get(ValueLayout.JAVA_INT, RING_OFFSET) & 0xFFFFFFFFL;
    size = map.get(ValueLayout.JAVA_INT, RING_SIZE);
    if (start < MAILBOX || start % ALIGN != 0 || size <= 0 || size % ALIGN != 0) {
      throw broken("a ring of " + size + " bytes at " + start);
    }
    if (size > map.byteSize() - start) {
      throw broken("a ring of " + size + " bytes at " + start + " of " + map.byteSize());
    }
    tail = position("tail", TAIL);
    next = tail;
  }

  private int position(String what, int at) throws IOException {
    int position = (int) INT.getAcquire(map, (long) at);
    if (position < 0 || position >= size || position % ALIGN != 0) {
      throw broken(what + " " + position + " of a ring of " + size);
    }
    return position;
  }

  /** Whether a command may be waiting to be taken. */
  public synchronized boolean waiting() {
    return next != (int) INT.getAcquire(map, (long) HEAD);
  }

  /**
   * The next command, or null when none is waiting.
   *
   * @throws IOException when what stands in the ring makes no sense; it is of no use then
   */
  public synchronized @Nullable RingCommand take() throws IOException {
    int head = position("head", HEAD);
    while (next != head) {
      int at = next;
      int length = length(at);
      int kind = kind(at);
      if (kind == COMMAND) {
        RingCommand command = command(at, length);
        next = (at + length) % size;
        return command;
      }
      if (kind != PADDING && kind != TASK_MANAGEMENT) {
        throw broken("an entry of kind " + kind + " at " + at);
      }
      // Task management only tells which commands the kernel has no use for any more; they are
      // completed like others.
      next = (at + length) % size;
      skip();
    }
    return null;
  }

  private int kind(int at) {
    return map.get(ValueLayout.JAVA_INT, start + at) & KIND_MASK;
  }

  private int length(int at) throws IOException {
    int length = map.get(ValueLayout.JAVA_INT, start + at) & ~KIND_MASK;
    if (length < HEADER || length > size - at) {
      throw broken("an entry of " + length + " bytes at " + at + " of " + size);
    }
    return length;
  }

  private RingCommand command(int at, int length) throws IOException {
    if (length < LEAST_COMMAND) {
      throw broken("a command of " + length + " bytes at " + at);
    }
    long entry = start + at;
    int id = map.get(ValueLayout.JAVA_SHORT, entry + ID) & 0xFFFF;
    long vectors = map.get(ValueLayout.JAVA_INT, entry + VECTORS) & 0xFFFFFFFFL;
    if (vectors > (length - FIRST_VECTOR) / VECTOR) {
      throw broken(vectors + " vectors in an entry of " + length + " bytes at " + at);
    }
    if (map.get(ValueLayout.JAVA_INT, entry + BIDIRECTIONAL) != 0) {
      throw broken("a bidirectional command at " + at);
    }
    List<MemorySegment> data = new ArrayList<>((int) vectors);
    for (int i = 0; i < vectors; i++) {
      long vector = entry + FIRST_VECTOR + (long) i * VECTOR;
      data.add(
          data(map.get(ValueLayout.JAVA_LONG, vector), map.get(ValueLayout.JAVA_LONG, vector + 8)));
    }
    long block = map.get(ValueLayout.JAVA_LONG, entry + BLOCK);
    if (block < entry + FIRST_VECTOR || block >= entry + length) {
      throw broken("a command block at " + block + " of an entry at " + entry + "+" + length);
    }
    int blockSize = (int) Math.min(BLOCK_SIZE, entry + length - block);
    byte[] bytes = map.asSlice(block, blockSize).toArray(ValueLayout.JAVA_BYTE);
    return new RingCommand(id, bytes, data);
  }

  private MemorySegment data(long offset, long length) throws IOException {
    if (offset < start + size
        || length < 0
        || offset > map.byteSize()
        || length > map.byteSize() - offset) {
      throw broken("data at " + offset + "+" + length + " of " + map.byteSize());
    }
    return map.asSlice(offset, length);
  }

  /**
   * Ends a command that was taken; each once. The kernel looks for it when it is signalled, or
   * sooner.
   */
  public synchronized void complete(RingCommand command, RingResponse response) throws IOException {
    if (reorders) {
      respond(command.id(), response);
      return;
    }
    early.put(command.id(), response);
    while (tail != next) {
      int id = map.get(ValueLayout.JAVA_SHORT, start + tail + ID) & 0xFFFF;
      RingResponse ready = early.remove(id);
      if (ready == null) {
        return;
      }
      respond(id, ready);
    }
  }

  private void respond(int id, RingResponse response) throws IOException {
    if (tail == next) {
      throw broken("command " + id + " was completed twice");
    }
    long entry = start + tail;
    int length = length(tail);
    boolean less = readsLess && response.readLength() >= 0;
    map.asSlice(entry + STATUS, LEAST_COMMAND - STATUS).fill((byte) 0);
    map.set(ValueLayout.JAVA_SHORT, entry + ID, (short) id);
    map.set(ValueLayout.JAVA_BYTE, entry + OUR_FLAGS, (byte) (less ? READ_LENGTH_VALID : 0));
    map.set(ValueLayout.JAVA_BYTE, entry + STATUS, (byte) response.status());
    map.set(ValueLayout.JAVA_INT, entry + READ_LENGTH, less ? (int) response.readLength() : 0);
    byte[] sense = response.sense();
    MemorySegment.copy(sense, 0, map, ValueLayout.JAVA_BYTE, entry + SENSE, sense.length);
    advance(length);
    skip();
  }

  private void advance(int length) {
    tail = (tail + length) % size;
    INT.setRelease(map, (long) TAIL, tail);
  }

  /** Entries that want no response go when the tail has reached them. */
  private void skip() throws IOException {
    while (tail != next && kind(tail) != COMMAND) {
      advance(length(tail));
    }
  }

  private IOException broken(String what) {
    return new IOException("the command ring of " + name + " is not understood: " + what);
  }
}
