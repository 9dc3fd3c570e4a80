package dev.obdbuild.backstore.scsi;

/** A command descriptor block as it came; its fields are read by offset. Immutable. */
public final class Cdb {
  /** No command understood here has a longer one. */
  public static final int MAX_LENGTH = 16;

  private final byte[] bytes;

  private Cdb(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Takes a copy of at most {@link #MAX_LENGTH} bytes; there may be more than the block has. */
  public static Cdb of(byte[] bytes) {
    if (bytes.length == 0 || bytes.length > MAX_LENGTH) {
      throw new IllegalArgumentException("command block of " + bytes.length + " bytes");
    }
    return new Cdb(bytes.clone());
  }

  int opcode() {
    return u8(0);
  }

  /**
   * Whether all bytes that the opcode's group asks for are there. Groups without a fixed length are
   * never whole: no command of theirs is known here.
   */
  boolean whole() {
    int length =
        switch (opcode() >> 5) {
          case 0 -> 6;
          case 1, 2 -> 10;
          case 4 -> 16;
          case 5 -> 12;
          default -> Integer.MAX_VALUE;
        };
    return bytes.length >= length;
  }

  int u8(int at) {
    return bytes[at] & 0xFF;
  }

  boolean bit(int at, int mask) {
    return (u8(at) & mask) != 0;
  }

  int u16(int at) {
    return u8(at) << 8 | u8(at + 1);
  }

  long u32(int at) {
    return (long) u16(at) << 16 | u16(at + 2);
  }

  /** Values of 2^63 and more come out negative. */
  long u64(int at) {
    return u32(at) << 32 | u32(at + 4);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) {
      text.append(String.format("%02x", b));
    }
    return text.toString();
  }
}
