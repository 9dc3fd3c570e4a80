package dev.obdbuild.backstore.ext4;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One inode: what it is and where its bytes lie. */
final class Inode {
  private static final int TYPE = 0170000;
  private static final int DIRECTORY = 0040000;
  private static final int REGULAR = 0100000;
  private static final int SYMLINK = 0120000;
  private static final int HAS_EXTENTS = 0x80000;
  private static final int NODE_MAGIC = 0xF30A;
  private static final int MAX_DEPTH = 5;
  private static final int MAX_EXTENTS = 100_000;
  private static final int UNWRITTEN = 32768;
  private static final int SHORT_TARGET = 60;

  /** Far more than the directories of an image have. */
  private static final long MAX_DIRECTORY = 64 << 20;

  private final Ext4Files files;
  private final long number;
  private final ByteBuffer bytes;

  /** A range of the device, bytes. */
  record Range(long offset, long length) {}

  Inode(Ext4Files files, long number, ByteBuffer bytes) {
    this.files = files;
    this.number = number;
    this.bytes = bytes;
  }

  private int type() {
    return bytes.getShort(0) & TYPE;
  }

  boolean isDirectory() {
    return type() == DIRECTORY;
  }

  boolean isRegular() {
    return type() == REGULAR;
  }

  private long size() {
    return Integer.toUnsignedLong(bytes.getInt(4))
        | Integer.toUnsignedLong(bytes.getInt(108)) << 32;
  }

  /** Where a short symbolic link leads; nothing for anything else. */
  Optional<String> target() {
    long size = size();
    if (type() != SYMLINK || size <= 0 || size >= SHORT_TARGET) {
      return Optional.empty();
    }
    byte[] text = new byte[(int) size];
    bytes.get(40, text);
    return Optional.of(new String(text, StandardCharsets.UTF_8));
  }

  /** Where the written bytes lie, in the file's order; nothing for a file without extents. */
  List<Range> ranges() throws IOException {
    List<Range> ranges = new ArrayList<>();
    if ((bytes.getInt(32) & HAS_EXTENTS) != 0) {
      ByteBuffer root = bytes.slice(40, 60).order(ByteOrder.LITTLE_ENDIAN);
      node(root, MAX_DEPTH, ranges);
    }
    return ranges;
  }

  private void node(ByteBuffer node, int depthLeft, List<Range> ranges) throws IOException {
    int entries = Short.toUnsignedInt(node.getShort(2));
    int depth = Short.toUnsignedInt(node.getShort(6));
    if (Short.toUnsignedInt(node.getShort(0)) != NODE_MAGIC
        || 12 + 12L * entries > node.capacity()
        || depth > depthLeft) {
      throw files.wrong(0, "extents of inode " + number, "a node of the tree is none");
    }
    for (int i = 0; i < entries; i++) {
      int at = 12 + 12 * i;
      if (ranges.size() >= MAX_EXTENTS) {
        throw files.wrong(0, "extents of inode " + number, "more than " + MAX_EXTENTS);
      }
      if (depth == 0) {
        extent(node, at, ranges);
      } else {
        long block =
            Integer.toUnsignedLong(node.getInt(at + 4))
                | (long) Short.toUnsignedInt(node.getShort(at + 8)) << 32;
        // A child must be nearer to the leaves, or a loop would not end.
        node(files.bytes(block * files.blockSize(), files.blockSize()), depth - 1, ranges);
      }
    }
  }

  private void extent(ByteBuffer node, int at, List<Range> ranges) {
    int length = Short.toUnsignedInt(node.getShort(at + 4));
    long block =
        (long) Short.toUnsignedInt(node.getShort(at + 6)) << 32
            | Integer.toUnsignedLong(node.getInt(at + 8));
    if (length > 0 && length <= UNWRITTEN) {
      ranges.add(new Range(block * files.blockSize(), (long) length * files.blockSize()));
    }
  }

  /** Name to inode of a directory's entries, without itself and its parent. */
  Map<String, Long> entries() throws IOException {
    Map<String, Long> entries = new LinkedHashMap<>();
    long left = MAX_DIRECTORY;
    for (Range range : ranges()) {
      for (long done = 0; done < range.length() && left > 0; done += files.blockSize()) {
        block(files.bytes(range.offset() + done, files.blockSize()), entries);
        left -= files.blockSize();
      }
    }
    return entries;
  }

  /** Blocks of a hashed directory's index look like one entry of no inode. */
  private void block(ByteBuffer block, Map<String, Long> entries) throws IOException {
    for (int at = 0; at + 8 <= block.capacity(); ) {
      long inode = Integer.toUnsignedLong(block.getInt(at));
      int record = Short.toUnsignedInt(block.getShort(at + 4));
      int name = Byte.toUnsignedInt(block.get(at + 6));
      if (record < 8 || at + record > block.capacity() || name > record - 8) {
        throw files.wrong(at, "directory of inode " + number, "entry of " + record + " bytes");
      }
      if (inode != 0 && name > 0) {
        byte[] text = new byte[name];
        block.get(at + 8, text);
        entries.put(new String(text, StandardCharsets.UTF_8), inode);
      }
      at += record;
    }
    entries.remove(".");
    entries.remove("..");
  }
}
