package dev.obdbuild.snapshots.fs;

import dev.obdbuild.overlaybd.block.BlockFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The filesystem that a device holds, told by its superblock.
 *
 * @param device bytes of the device
 */
public record Probe(FileSystem kind, Geometry geometry, long device) {
  /** All kinds, in the order in which they are looked for. */
  static final List<FileSystem> KINDS = List.of(new Ext4(), new Xfs(), new Erofs(), new Btrfs());

  private static final byte[] SQUASHFS = "hsqs".getBytes(StandardCharsets.US_ASCII);

  /**
   * Looks at the first 4 KiB of the device, and on at its first 68 KiB only if nothing is found
   * there.
   *
   * @param name names the device in messages
   * @throws IOException when it holds none that is known, more than one, or one that makes no sense
   */
  public static Probe of(BlockFile device, String name) throws IOException {
    List<Probe> found = new ArrayList<>();
    for (FileSystem kind : KINDS) {
      if (kind instanceof Btrfs && !found.isEmpty()) {
        break; // its superblock lies further on, where a lazy device need not be read then
      }
      Optional<Geometry> geometry = kind.probe(device, name);
      if (geometry.isPresent()) {
        found.add(new Probe(kind, geometry.get(), device.size()));
      }
    }
    if (found.size() > 1) {
      throw new IOException(
          "%s holds the superblocks of two filesystems, %s and %s"
              .formatted(name, found.getFirst().kind.type(), found.getLast().kind.type()));
    }
    if (found.isEmpty()) {
      throw unknown(bytes(device, 0, SQUASHFS.length), name);
    }
    Probe one = found.getFirst();
    if (one.geometry.size() > device.size()) {
      throw new IOException(
          "%s: its %s filesystem has %d bytes, the device only %d"
              .formatted(name, one.kind.type(), one.geometry.size(), device.size()));
    }
    return one;
  }

  private static IOException unknown(byte[] start, String name) {
    String known = ": ext4, xfs, btrfs and erofs are known";
    return new IOException(
        Arrays.equals(start, SQUASHFS)
            ? name + " holds a squashfs filesystem, which is not supported" + known
            : name + " holds no filesystem that is known" + known);
  }

  /** Bytes of a device; those beyond its end are zero. */
  static byte[] bytes(BlockFile device, long offset, int length) throws IOException {
    byte[] bytes = new byte[length];
    long there = Math.clamp(device.size() - offset, 0, length);
    if (there > 0) {
      device.read(offset, MemorySegment.ofArray(bytes).asSlice(0, there));
    }
    return bytes;
  }

  static boolean powerOfTwo(int value, int least, int most) {
    return value >= least && value <= most && Integer.bitCount(value) == 1;
  }
}
