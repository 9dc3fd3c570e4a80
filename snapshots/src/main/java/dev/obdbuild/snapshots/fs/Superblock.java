package dev.obdbuild.snapshots.fs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The superblock of an ext4 filesystem, as the 1024 bytes at offset {@link #OFFSET} of the device.
 *
 * <p>Mutable and not thread-safe: read it, change it, write {@link #bytes()} back.
 */
public final class Superblock {
  /** Where the superblock lies on the device. */
  public static final int OFFSET = 1024;

  /** Its length. */
  public static final int LENGTH = 1024;

  private static final int MAGIC = 0xEF53;
  private static final int STATE_ERRORS = 2;
  private static final int INCOMPAT_64BIT = 0x80;
  private static final int INCOMPAT_META_BG = 0x10;
  private static final int RO_COMPAT_METADATA_CSUM = 0x400;
  private static final int RO_COMPAT_BIGALLOC = 0x200;
  private static final int SMALL_DESCRIPTOR = 32;
  private static final long MAX_GROUPS = 1 << 22;
  private static final int CHECKSUM = 0x3FC;
  private static final int FIRST_ERROR = 0x198;
  private static final int LAST_ERROR_END = 0x200;
  private static final int LAST_MOUNTED = 0x88;
  private static final int LAST_MOUNTED_LENGTH = 64;
  private static final int MAX_LOG_BLOCK_SIZE = 6;

  private final ByteBuffer fields;

  private Superblock(ByteBuffer fields) {
    this.fields = fields;
  }

  /**
   * Takes over {@code bytes}.
   *
   * @throws IOException when they are no ext2/3/4 superblock or its geometry is impossible
   */
  public static Superblock of(byte[] bytes, String device) throws IOException {
    ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException("superblock of " + bytes.length + " bytes");
    }
    int magic = Short.toUnsignedInt(fields.getShort(0x38));
    if (magic != MAGIC) {
      throw new IOException(
          "%s holds no ext4 filesystem: magic %04x at offset %d, expected %04x"
              .formatted(device, magic, OFFSET + 0x38, MAGIC));
    }
    Superblock superblock = new Superblock(fields);
    int log = fields.getInt(0x18);
    if (log < 0
        || log > MAX_LOG_BLOCK_SIZE
        || fields.getInt(0x20) <= 0
        || superblock.groups() > MAX_GROUPS) {
      throw new IOException(
          "%s: impossible ext4 geometry: log block size %d, %d blocks per group"
              .formatted(device, log, fields.getInt(0x20)));
    }
    return superblock;
  }

  /** Whether the bytes begin an ext2, ext3 or ext4 filesystem. */
  static boolean there(byte[] bytes) {
    return Short.toUnsignedInt(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getShort(0x38))
        == MAGIC;
  }

  /** The bytes themselves, not a copy. */
  public byte[] bytes() {
    return fields.array();
  }

  public int blockSize() {
    return 1024 << fields.getInt(0x18);
  }

  public long blocks() {
    long low = Integer.toUnsignedLong(fields.getInt(0x04));
    boolean wide = (fields.getInt(0x60) & INCOMPAT_64BIT) != 0;
    return wide ? low | Integer.toUnsignedLong(fields.getInt(0x150)) << 32 : low;
  }

  /** The block that the first group starts with. */
  long firstBlock() {
    return Integer.toUnsignedLong(fields.getInt(0x14));
  }

  private long blocksPerGroup() {
    return fields.getInt(0x20);
  }

  long groups() {
    return (blocks() - firstBlock() + blocksPerGroup() - 1) / blocksPerGroup();
  }

  /** The group that a block belongs to. */
  long groupOf(long block) {
    return Math.floorDiv(block - firstBlock(), blocksPerGroup());
  }

  long firstBlockOf(long group) {
    return firstBlock() + group * blocksPerGroup();
  }

  /** Bytes of a group descriptor. */
  int descriptorSize() {
    return (fields.getInt(0x60) & INCOMPAT_64BIT) != 0
        ? Math.max(SMALL_DESCRIPTOR, Short.toUnsignedInt(fields.getShort(0xFE)))
        : SMALL_DESCRIPTOR;
  }

  /** Whether a bit of a bitmap is one block and all descriptors lie behind the first superblock. */
  boolean plainBitmaps() {
    return (fields.getInt(0x64) & RO_COMPAT_BIGALLOC) == 0
        && (fields.getInt(0x60) & INCOMPAT_META_BG) == 0;
  }

  /** Bytes of the filesystem. */
  public long size() {
    return blocks() * blockSize();
  }

  /** How many errors the kernel noted in this filesystem. */
  public int errors() {
    return fields.getInt(0x194);
  }

  /** Whether the kernel marked the filesystem as damaged. */
  public boolean damaged() {
    return (Short.toUnsignedInt(fields.getShort(0x3A)) & STATE_ERRORS) != 0;
  }

  public boolean hasChecksum() {
    return (fields.getInt(0x64) & RO_COMPAT_METADATA_CSUM) != 0;
  }

  /**
   * Removes what tells when, where and how often this filesystem was mounted, so that equal content
   * gives equal bytes. Recomputes the checksum where the filesystem has one.
   */
  public void blank() {
    fields.putInt(0x2C, 0);
    fields.putInt(0x30, 0);
    fields.putShort(0x34, (short) 0);
    fill(LAST_MOUNTED, LAST_MOUNTED_LENGTH);
    fields.putLong(0x178, 0);
    fields.putInt(0x194, 0);
    fill(FIRST_ERROR, LAST_ERROR_END - FIRST_ERROR);
    // High bytes of write and mount time, then of first and last error; mkfs and check times stay.
    fields.put(0x274, (byte) 0);
    fields.put(0x275, (byte) 0);
    fields.put(0x278, (byte) 0);
    fields.put(0x279, (byte) 0);
    if (hasChecksum()) {
      fields.putInt(CHECKSUM, checksum());
    }
  }

  /** CRC-32C with all ones as start value and no final inversion, as ext4 stores it. */
  int checksum() {
    CRC32C crc = new CRC32C();
    crc.update(fields.array(), 0, CHECKSUM);
    return ~(int) crc.getValue();
  }

  int storedChecksum() {
    return fields.getInt(CHECKSUM);
  }

  private void fill(int offset, int length) {
    for (int i = 0; i < length; i++) {
      fields.put(offset + i, (byte) 0);
    }
  }
}
