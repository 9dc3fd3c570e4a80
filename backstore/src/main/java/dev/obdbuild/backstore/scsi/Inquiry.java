package dev.obdbuild.backstore.scsi;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32;

/** INQUIRY: what kind of disk this is, and the pages of its vital product data. */
final class Inquiry {
  private static final String VENDOR = "OBD     ";
  private static final String PRODUCT = "overlaybd disk  ";
  private static final String REVISION = "1   ";

  private static final int SUPPORTED = 0x00;
  private static final int SERIAL = 0x80;
  private static final int IDENTIFICATION = 0x83;
  private static final int LIMITS = 0xB0;
  private static final int CHARACTERISTICS = 0xB1;
  private static final int PROVISIONING = 0xB2;
  private static final int[] PAGES = {
    SUPPORTED, SERIAL, IDENTIFICATION, LIMITS, CHARACTERISTICS, PROVISIONING
  };

  private static final int SPC_4 = 6;
  private static final int QUEUES_COMMANDS = 2;

  private final DiskShape disk;

  Inquiry(DiskShape disk) {
    this.disk = disk;
  }

  byte[] standard() {
    return ByteBuffer.allocate(36)
        .put(2, (byte) SPC_4)
        .put(3, (byte) 2) // response format
        .put(4, (byte) (36 - 5))
        .put(7, (byte) QUEUES_COMMANDS)
        .put(8, ascii(VENDOR + PRODUCT + REVISION))
        .array();
  }

  /** A page; empty for one that this disk has not. */
  Optional<byte[]> page(int code) {
    return switch (code) {
      case SUPPORTED -> Optional.of(supported());
      case SERIAL -> Optional.of(of(SERIAL, ascii(disk.serial())));
      case IDENTIFICATION -> Optional.of(identification());
      case LIMITS -> Optional.of(limits());
      case CHARACTERISTICS -> Optional.of(characteristics());
      case PROVISIONING -> Optional.of(provisioning());
      default -> Optional.empty();
    };
  }

  private static byte[] supported() {
    byte[] codes = new byte[PAGES.length];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) PAGES[i];
    }
    return of(SUPPORTED, codes);
  }

  private byte[] identification() {
    byte[] name = ascii(VENDOR + disk.serial());
    CRC32 crc = new CRC32();
    crc.update(name);
    long local = 3L << 60 | crc.getValue() << 24 | 0x0BD;
    ByteBuffer body = ByteBuffer.allocate(4 + name.length + 12);
    body.put((byte) 2).put((byte) 1).put((byte) 0).put((byte) name.length).put(name);
    body.put((byte) 1).put((byte) 3).put((byte) 0).put((byte) 8).putLong(local); // NAA, local
    return of(IDENTIFICATION, body.array());
  }

  private byte[] limits() {
    int sector = disk.sectorSize();
    int physical = DiskShape.PHYSICAL / sector;
    ByteBuffer body = ByteBuffer.allocate(60);
    body.put(0, (byte) 1); // WRITE SAME of no blocks is not "to the end"
    body.putShort(2, (short) physical);
    body.putInt(4, DiskShape.MAX_TRANSFER / sector);
    body.putInt(8, DiskShape.MAX_TRANSFER / sector);
    body.putInt(16, (int) (DiskShape.MAX_UNMAP / sector));
    body.putInt(20, DiskShape.MAX_UNMAP_RANGES);
    body.putInt(24, physical);
    body.putInt(28, 0x80000000); // the alignment is valid, and 0
    body.putLong(32, DiskShape.MAX_SAME / sector);
    return of(LIMITS, body.array());
  }

  private static byte[] characteristics() {
    return of(
        CHARACTERISTICS, ByteBuffer.allocate(60).putShort(0, (short) 1).array()); // no disk turns
  }

  private static byte[] provisioning() {
    int unmapAndReadsZeros = 0x80 | 0x40 | 0x20 | 0x04; // UNMAP, WRITE SAME 16 and 10, zeros
    return of(PROVISIONING, new byte[] {0, (byte) unmapAndReadsZeros, 2, 0}); // 2: thin
  }

  private static byte[] of(int code, byte[] body) {
    return ByteBuffer.allocate(4 + body.length)
        .put(1, (byte) code)
        .putShort(2, (short) body.length)
        .put(4, body)
        .array();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
