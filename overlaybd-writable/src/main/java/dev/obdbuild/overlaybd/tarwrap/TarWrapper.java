package dev.obdbuild.overlaybd.tarwrap;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.lang.foreign.MemorySegment;

/** Makes the bytes around a payload. */
public final class TarWrapper {
  /** Bytes before the payload. */
  public static final int HEAD_BYTES = 1536;

  private static final int BLOCK = 512;

  private TarWrapper() {}

  /** The {@link #HEAD_BYTES} bytes before a payload of the given size. */
  public static MemorySegment head(long payloadSize) {
    byte[] head = new byte[HEAD_BYTES];
    byte[] record = paxRecord(payloadSize);
    put(head, 0, "overlaybd.pax");
    put(head, 124, String.format("%11o ", record.length));
    put(head, 156, "x");
    ustar(head, 0);
    System.arraycopy(record, 0, head, BLOCK, record.length);
    int file = 2 * BLOCK;
    put(head, file, "overlaybd.commit");
    put(head, file + 100, "100644 ");
    put(head, file + 108, "     0 ");
    put(head, file + 116, "     0 ");
    put(head, file + 124, "          0 ");
    put(head, file + 136, "          0 ");
    put(head, file + 156, "0");
    put(head, file + 265, "root");
    put(head, file + 297, "root");
    ustar(head, file);
    return MemorySegment.ofArray(head);
  }

  private static byte[] paxRecord(long size) {
    String rest = " size=" + size + "\n";
    int length = rest.length() + 1;
    while (Integer.toString(length).length() + rest.length() != length) {
      length++;
    }
    return (length + rest).getBytes(US_ASCII);
  }

  private static void ustar(byte[] bytes, int at) {
    put(bytes, at + 257, "ustar\0" + "00");
    put(bytes, at + 148, String.format("%6o ", UstarHeader.checksum(bytes, at)));
  }

  private static void put(byte[] bytes, int at, String text) {
    byte[] ascii = text.getBytes(US_ASCII);
    System.arraycopy(ascii, 0, bytes, at, ascii.length);
  }

  /** Number of zero bytes after a payload. */
  public static int tailBytes(long payloadSize) {
    return (int) (-payloadSize & (BLOCK - 1)) + 2 * BLOCK;
  }
}
