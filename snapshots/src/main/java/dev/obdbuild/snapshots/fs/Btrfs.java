package dev.obdbuild.snapshots.fs;

import dev.obdbuild.overlaybd.block.BlockFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * btrfs of one device. A snapshot and its child are two devices with one UUID, which the kernel
 * tells apart since it can give a mount a UUID of its own (6.7); older ones are refused.
 */
public record Btrfs() implements FileSystem {
  private static final Tool TOOL = new Tool("btrfs-progs");
  private static final byte[] MAGIC = "_BHRfS_M".getBytes(StandardCharsets.US_ASCII);
  private static final int OFFSET = 64 << 10;
  private static final int LENGTH = 4096;
  private static final Path OWN_UUIDS = Path.of("/sys/fs/btrfs/features/temp_fsid");

  @Override
  public String type() {
    return "btrfs";
  }

  @Override
  public boolean writable() {
    return true;
  }

  /** Discards are sent once, when a step ends. */
  @Override
  public String neededOptions() {
    return "nodiscard";
  }

  @Override
  public String usualOptions() {
    return "nobarrier";
  }

  /** One copy of everything, small nodes: each changed node is in a step's layer. */
  @Override
  public String usualMkfs() {
    return "-m single -d single -s 4096 -n 4096 -U 6f626400-0000-4000-8000-000000000004";
  }

  @Override
  public String version() {
    return "v1";
  }

  @Override
  public Optional<String> lacking() throws IOException {
    Optional<String> missing = FileSystem.super.lacking();
    if (missing.isPresent() || Files.exists(OWN_UUIDS)) {
      return missing;
    }
    return Optional.of(
        "this kernel's btrfs cannot mount two devices with one UUID (6.7 and later can)");
  }

  @Override
  public Optional<Geometry> probe(BlockFile device, String name) throws IOException {
    byte[] bytes = Probe.bytes(device, OFFSET, LENGTH);
    if (!Arrays.equals(bytes, 64, 72, MAGIC, 0, 8)) {
      return Optional.empty();
    }
    ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long place = fields.getLong(48);
    long size = fields.getLong(112);
    long devices = fields.getLong(136);
    int sector = fields.getInt(144);
    if (place != OFFSET || size <= 0 || !Probe.powerOfTwo(sector, 512, 65536)) {
      throw new IOException(
          "%s: impossible btrfs geometry: superblock of %d, %d bytes, sectors of %d"
              .formatted(name, place, size, sector));
    }
    if (devices != 1) {
      throw new IOException(name + ": btrfs over " + devices + " devices is not supported");
    }
    return Optional.of(new Geometry(size, sector));
  }

  @Override
  public void make(Path node, List<String> options) throws IOException {
    List<String> command = new ArrayList<>(List.of("mkfs.btrfs", "-f", "-q", "-K"));
    command.addAll(options);
    command.add(node.toString());
    var _ = TOOL.must(command);
  }

  @Override
  public long errors(BlockFile device, String name) {
    return 0; // it becomes read-only instead
  }

  @Override
  public void tidy(Resting device) throws IOException {
    Written.trim(device);
  }

  @Override
  public void growUnmounted(Path node) {
    // done when mounted
  }

  @Override
  public void growMounted(Path target) throws IOException {
    var _ = TOOL.must(List.of("btrfs", "filesystem", "resize", "max", target.toString()));
  }

  @Override
  public Check check(Path node) throws IOException {
    return Check.of(TOOL, List.of("btrfs", "check", "--readonly", node.toString()));
  }
}
