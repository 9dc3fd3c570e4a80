package dev.obdbuild.backstore.scsi;

import java.nio.ByteBuffer;
import java.util.OptionalLong;

/**
 * Why a command was not carried out.
 *
 * @param key sense key
 * @param code additional sense code
 * @param qualifier its qualifier
 * @param lba the block that failed
 */
public record Sense(int key, int code, int qualifier, OptionalLong lba) {
  private static final int MEDIUM_ERROR = 3;
  private static final int ILLEGAL_REQUEST = 5;
  private static final int DATA_PROTECT = 7;
  private static final int FIXED = 0x70;
  private static final int DESCRIPTORS = 0x72;
  private static final int VALID = 0x80;

  /** 3/11/00, unrecovered read error. */
  public static Sense readError(long lba) {
    return new Sense(MEDIUM_ERROR, 0x11, 0, OptionalLong.of(lba));
  }

  /** 3/0c/00, write error. */
  public static Sense writeError(long lba) {
    return new Sense(MEDIUM_ERROR, 0x0C, 0, OptionalLong.of(lba));
  }

  /** 7/27/07, space allocation failed: no space left. */
  public static Sense noSpace() {
    return of(DATA_PROTECT, 0x27, 0x07);
  }

  /** 7/27/00, write protected. */
  public static Sense writeProtected() {
    return of(DATA_PROTECT, 0x27, 0);
  }

  /** 2/04/03, not ready and only a human can help: what a device says that was cut off. */
  public static Sense notReady() {
    return of(2, 0x04, 0x03);
  }

  /** 5/20/00, the opcode is unknown. */
  static Sense invalidOpcode() {
    return of(ILLEGAL_REQUEST, 0x20, 0);
  }

  /** 5/21/00, the range does not lie on the medium. */
  static Sense outOfRange() {
    return of(ILLEGAL_REQUEST, 0x21, 0);
  }

  /** 5/24/00, a field of the command block. */
  public static Sense invalidField() {
    return of(ILLEGAL_REQUEST, 0x24, 0);
  }

  /** 5/26/00, a field of the parameter list. */
  static Sense invalidParameter() {
    return of(ILLEGAL_REQUEST, 0x26, 0);
  }

  /** 5/1a/00, the parameter list is too short for what it holds. */
  static Sense parameterLength() {
    return of(ILLEGAL_REQUEST, 0x1A, 0);
  }

  /** 5/39/00, mode pages cannot be saved. */
  static Sense noSavedPages() {
    return of(ILLEGAL_REQUEST, 0x39, 0);
  }

  private static Sense of(int key, int code, int qualifier) {
    return new Sense(key, code, qualifier, OptionalLong.empty());
  }

  /** As sense data: 18 bytes in fixed format, or with a descriptor for an LBA beyond 32 bits. */
  public byte[] bytes() {
    if (lba.isPresent() && lba.getAsLong() >>> 32 != 0) {
      return ByteBuffer.allocate(8 + 12)
          .put((byte) DESCRIPTORS)
          .put((byte) key)
          .put((byte) code)
          .put((byte) qualifier)
          .position(7)
          .put((byte) 12) // what follows
          .put((byte) 0) // information descriptor
          .put((byte) 10)
          .put((byte) VALID)
          .put((byte) 0)
          .putLong(lba.getAsLong())
          .array();
    }
    return ByteBuffer.allocate(18)
        .put((byte) (lba.isPresent() ? FIXED | VALID : FIXED))
        .put(2, (byte) key)
        .putInt(3, (int) lba.orElse(0))
        .put(7, (byte) 10) // what follows
        .put(12, (byte) code)
        .put(13, (byte) qualifier)
        .array();
  }
}
