package dev.obdbuild.overlaybd.trace;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.BlockSink;
import dev.obdbuild.overlaybd.block.FormatException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** Reads and writes traces. */
public final class TraceFile {
  private static final int MAGIC = 0xC2EF1820;
  private static final int HEADER = 24;
  private static final int RECORD = 24;

  /** A trace is some thousand records; a file beyond this is none. */
  private static final long MAX_BYTES = 12 << 20;

  /** Brings the JDK's start value of all ones to the format's start value of zero. */
  private static final byte[] CRC_PREFIX = {-1, -1, -1, -1};

  private TraceFile() {}

  /**
   * All records in their order.
   *
   * @throws FormatException if the file is not a whole trace
   */
  public static List<TraceRecord> read(BlockFile file, String name) throws IOException {
    if (file.size() < HEADER || file.size() > MAX_BYTES) {
      throw new FormatException(
          name,
          "trace header",
          0,
          "file is " + file.size() + " bytes long, possible are 24 to " + MAX_BYTES);
    }
    byte[] bytes = new byte[(int) file.size()];
    file.read(0, MemorySegment.ofArray(bytes));
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (in.getInt(0) != MAGIC) {
      throw new FormatException(
          name,
          "trace header",
          0,
          String.format("magic is 0x%08x, expected 0x%08x", in.getInt(0), MAGIC));
    }
    long size = in.getLong(8);
    if (size != bytes.length - HEADER || size % RECORD != 0) {
      throw new FormatException(
          name,
          "trace header",
          8,
          Long.toUnsignedString(size) + " bytes of records in a file of " + bytes.length);
    }
    int crc = checksum(bytes);
    if (in.getInt(16) != crc) {
      throw new FormatException(
          name,
          "trace header",
          16,
          String.format("checksum expected 0x%08x, found 0x%08x", in.getInt(16), crc));
    }
    List<TraceRecord> records = new ArrayList<>((int) size / RECORD);
    for (int at = HEADER; at < bytes.length; at += RECORD) {
      records.add(record(in, at, name));
    }
    return records;
  }

  private static TraceRecord record(ByteBuffer in, int at, String name) throws FormatException {
    if (in.get(at) != 'R') {
      throw new FormatException(
          name,
          "trace record " + (at - HEADER) / RECORD,
          at,
          String.format("operation 0x%02x, expected 'R'", in.get(at)));
    }
    try {
      return new TraceRecord(in.getInt(at + 4), in.getLong(at + 16), in.getLong(at + 8));
    } catch (IllegalArgumentException e) {
      throw new FormatException(
          name, "trace record " + (at - HEADER) / RECORD, at, "impossible: " + e.getMessage(), e);
    }
  }

  /** Writes a whole trace file. */
  public static void write(List<TraceRecord> records, BlockSink sink) throws IOException {
    long length = HEADER + (long) RECORD * records.size();
    if (length > MAX_BYTES) {
      throw new IllegalArgumentException(
          records.size() + " records, at most " + (MAX_BYTES - HEADER) / RECORD);
    }
    ByteBuffer out = ByteBuffer.allocate((int) length).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(MAGIC).putInt(0).putLong(length - HEADER).putLong(0);
    for (TraceRecord record : records) {
      out.putInt('R').putInt(record.layer()).putLong(record.length()).putLong(record.offset());
    }
    out.putInt(16, checksum(out.array()));
    sink.write(MemorySegment.ofArray(out.array()));
  }

  private static int checksum(byte[] file) {
    CRC32C crc = new CRC32C();
    crc.update(CRC_PREFIX, 0, CRC_PREFIX.length);
    crc.update(file, HEADER, file.length - HEADER);
    return ~(int) crc.getValue();
  }
}
