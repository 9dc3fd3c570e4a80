package dev.obdbuild.backstore.scsi;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The ranges that an UNMAP gives up, or why it is refused.
 *
 * @param ranges empty when it is refused
 */
public record UnmapList(List<Range> ranges, Optional<Sense> refusal) {
  private static final int HEADER = 8;
  private static final int DESCRIPTOR = 16;

  /** Bytes of the disk. */
  public record Range(long offset, long length) {}

  /** Parses a parameter list. */
  public static UnmapList parse(byte[] list, DiskShape disk) {
    if (list.length < HEADER) {
      return refused(Sense.parameterLength());
    }
    ByteBuffer bytes = ByteBuffer.wrap(list);
    int length = bytes.getShort(2) & 0xFFFF;
    if (length > list.length - HEADER) {
      return refused(Sense.parameterLength());
    }
    int count = length / DESCRIPTOR;
    if (count > DiskShape.MAX_UNMAP_RANGES) {
      return refused(Sense.invalidParameter());
    }
    List<Range> ranges = new ArrayList<>(count);
    long total = 0;
    for (int i = 0; i < count; i++) {
      long lba = bytes.getLong(HEADER + i * DESCRIPTOR);
      long sectors = bytes.getInt(HEADER + i * DESCRIPTOR + 8) & 0xFFFFFFFFL;
      if (!disk.holds(lba, sectors)) {
        return refused(Sense.outOfRange());
      }
      total += sectors * disk.sectorSize();
      ranges.add(new Range(lba * disk.sectorSize(), sectors * disk.sectorSize()));
    }
    return total > DiskShape.MAX_UNMAP
        ? refused(Sense.invalidParameter())
        : new UnmapList(List.copyOf(ranges), Optional.empty());
  }

  private static UnmapList refused(Sense sense) {
    return new UnmapList(List.of(), Optional.of(sense));
  }
}
