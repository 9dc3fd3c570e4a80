package dev.obdbuild.overlaybd.lsmt;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * A small file beside the raw data of a frozen layer, so that another process can open it without
 * trusting holes. Ours alone; the layout is in the package's document.
 */
public final class RawLayerIndex {
  private static final long MAGIC = 0x3158_5741_5244_424FL;
  private static final int HEADER = 8 + 4 + 4 + 8 + 72;
  private static final int UUID_BYTES = 36;

  /** Joined records; lengths here are not bound to the format's 14 bits. */
  private static final int RECORD = 20;

  private static final int MAX_RECORDS = 16_000_000;

  private RawLayerIndex() {}

  /** Writes the index of a frozen layer to a new file; syncing and renaming it are the caller's. */
  public static void write(Layer layer, Path path) throws IOException {
    SegmentIndex index = layer.index().compact(false);
    ByteBuffer out =
        ByteBuffer.allocate(Math.addExact(HEADER, Math.multiplyExact(RECORD, index.size())))
            .order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(MAGIC).putInt(0).putInt(index.size()).putLong(layer.virtualSize());
    out.put(uuid(layer.uuid())).put(uuid(layer.parentUuid()));
    for (int i = 0; i < index.size(); i++) {
      out.putLong(index.start(i)).putInt(index.length(i)).putLong(index.map(i));
    }
    out.putInt(8, checksum(out.array()));
    Files.write(path, out.array());
  }

  private static byte[] uuid(String text) {
    byte[] bytes = new byte[UUID_BYTES];
    byte[] given = text.getBytes(ISO_8859_1);
    System.arraycopy(given, 0, bytes, 0, Math.min(UUID_BYTES, given.length));
    return bytes;
  }

  private static int checksum(byte[] file) {
    CRC32C crc = new CRC32C();
    crc.update(file, 12, file.length - 12);
    return (int) crc.getValue();
  }

  /**
   * Opens the layer whose data file this index belongs to.
   *
   * @throws FormatException if the index is damaged or points outside {@code data}
   */
  public static Layer open(BlockFile data, Path path, String name) throws IOException {
    long size = Files.size(path);
    if (size < HEADER || size > HEADER + (long) RECORD * MAX_RECORDS) {
      throw new FormatException(name, "raw layer index", 0, path + " is " + size + " bytes long");
    }
    byte[] bytes = Files.readAllBytes(path);
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (in.getLong() != MAGIC) {
      throw new FormatException(
          name, "raw layer index", 0, String.format("magic is 0x%016x", in.getLong(0)));
    }
    int expected = in.getInt();
    if (expected != checksum(bytes)) {
      throw new FormatException(
          name,
          "raw layer index",
          8,
          String.format("checksum is 0x%08x, the bytes have 0x%08x", expected, checksum(bytes)));
    }
    int count = in.getInt();
    if (bytes.length != HEADER + (long) RECORD * count) {
      throw new FormatException(
          name, "raw layer index", 12, count + " records in " + bytes.length + " bytes");
    }
    long virtualSize = in.getLong();
    if (virtualSize < 0 || virtualSize > LsmtHeader.MAX_VIRTUAL_SIZE) {
      throw new FormatException(
          name,
          "raw layer index",
          16,
          "virtual size " + Long.toUnsignedString(virtualSize) + " is beyond 4 PiB");
    }
    String uuid = text(in);
    String parent = text(in);
    return new Layer(
        name, virtualSize, uuid, parent, "", records(in, count, data.size(), name), data);
  }

  private static String text(ByteBuffer in) {
    byte[] bytes = new byte[UUID_BYTES];
    in.get(bytes);
    return new String(bytes, ISO_8859_1).replace("\0", "");
  }

  private static SegmentIndex records(ByteBuffer in, int count, long dataSize, String name)
      throws FormatException {
    SegmentBuilder out = new SegmentBuilder(count, false);
    for (int i = 0; i < count; i++) {
      int at = in.position();
      long start = in.getLong();
      int length = in.getInt();
      long map = in.getLong();
      boolean zeroed = (map & SegmentIndex.ZEROED) != 0;
      if (length <= 0
          || start < out.end()
          || start > Sectors.MAX_SECTOR - length
          || (!zeroed && (map < 0 || length > (dataSize >> Sectors.SHIFT) - map))) {
        throw new FormatException(
            name,
            "raw layer index record " + i,
            at,
            "sectors "
                + start
                + "+"
                + length
                + " at file word 0x"
                + Long.toHexString(map)
                + " after sector "
                + out.end()
                + " in "
                + dataSize
                + " bytes of data");
      }
      out.add(start, length, map, 0);
    }
    return out.build();
  }
}
