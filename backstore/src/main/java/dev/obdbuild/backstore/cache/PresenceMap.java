package dev.obdbuild.backstore.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Which blocks of one blob are on disk, shared with other processes through the map file. Holds the
 * shared "in use" lock until closed. Thread-safe.
 */
final class PresenceMap implements AutoCloseable {

  static final int HEADER = 64;
  private static final byte[] MAGIC = "OBDBLKS1".getBytes(StandardCharsets.US_ASCII);
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private final FileChannel file;
  private final int blocks;
  private final BitSet present;

  private PresenceMap(FileChannel file, int blocks, BitSet present) {
    this.file = file;
    this.blocks = blocks;
    this.present = present;
  }

  /**
   * Opens a map, or starts an empty one where there is none or the one found does not fit. The
   * caller holds the folder's lock.
   *
   * @param reset called before an unfit map is replaced; drops the data
   */
  static PresenceMap open(Path path, int blockSize, long blobSize, Reset reset) throws IOException {
    FileChannel file =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      if (file.tryLock(0, 1, true) == null) {
        throw new IOException(path + ": is being evicted by a process that holds no lock for it");
      }
      int blocks = Math.toIntExact((blobSize + blockSize - 1) / blockSize);
      byte[] wanted = header(blockSize, blobSize);
      byte[] found = read(file, 0, HEADER);
      if (!Arrays.equals(wanted, found)) {
        reset.run();
        file.truncate(0);
        write(file, HEADER, new byte[(blocks + 7) / 8]);
        write(file, 0, wanted);
      }
      BitSet present = BitSet.valueOf(read(file, HEADER, (blocks + 7) / 8));
      return new PresenceMap(file, blocks, present);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** Drops what belongs to a map that no longer counts. */
  @FunctionalInterface
  interface Reset {
    void run() throws IOException;
  }

  private static byte[] header(int blockSize, long blobSize) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
    header.put(MAGIC).putInt(blockSize).putInt(0).putLong(blobSize);
    String boot = Files.readString(BOOT_ID).strip().replace("-", "");
    header.putLong(Long.parseUnsignedLong(boot.substring(0, 16), 16));
    header.putLong(Long.parseUnsignedLong(boot.substring(16), 16));
    return header.array();
  }

  int blocks() {
    return blocks;
  }

  synchronized int count() {
    return present.cardinality();
  }

  synchronized boolean has(int block) {
    return present.get(block);
  }

  /** First block from {@code from} to {@code last} that is not known to be present, or -1. */
  synchronized int firstMissing(int from, int last) {
    int missing = present.nextClearBit(from);
    return missing > last ? -1 : missing;
  }

  /** Takes over what other processes have fetched meanwhile. */
  synchronized void refresh(int first, int last) throws IOException {
    int from = first / 8;
    byte[] bytes = read(file, HEADER + from, last / 8 - from + 1);
    BitSet now = BitSet.valueOf(bytes);
    for (int b = first; b <= last; b++) {
      if (now.get(b - from * 8)) {
        present.set(b);
      }
    }
  }

  /** Marks blocks whose data has been written. */
  void add(int first, int last) throws IOException {
    change(first, last, true);
  }

  /** Forgets blocks, here and for processes that open the blob from now on. */
  void remove(int first, int last) throws IOException {
    change(first, last, false);
  }

  private synchronized void change(int first, int last, boolean value) throws IOException {
    int from = first / 8;
    try (FileLock ignored = file.lock(1, 1, false)) {
      BitSet bits = BitSet.valueOf(read(file, HEADER + from, last / 8 - from + 1));
      bits.set(first - from * 8, last - from * 8 + 1, value);
      byte[] bytes = Arrays.copyOf(bits.toByteArray(), last / 8 - from + 1);
      write(file, HEADER + from, bytes);
    }
    present.set(first, last + 1, value);
  }

  private static byte[] read(FileChannel file, long at, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (file.read(buffer, at + buffer.position()) < 0) {
        break;
      }
    }
    return buffer.array();
  }

  private static void write(FileChannel file, long at, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      file.write(buffer, at + buffer.position());
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
