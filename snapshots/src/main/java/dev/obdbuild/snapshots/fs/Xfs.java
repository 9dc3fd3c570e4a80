package dev.obdbuild.snapshots.fs;

import dev.obdbuild.linux.mount.MountPoint;
import dev.obdbuild.linux.mount.MountTable;
import dev.obdbuild.overlaybd.block.BlockFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * XFS, version 5: newer kernels no longer mount version 4 ({@code crc=0}), which the original
 * makes. All that we make have one UUID, hence {@code nouuid}; the time of their root folder is
 * that of their making, so two are not the same bytes.
 */
public record Xfs() implements FileSystem {
  private static final Tool TOOL = new Tool("xfsprogs");
  private static final int MAGIC = 0x58465342;
  private static final int LENGTH = 512;

  /** Discards that come later are refused and cost nothing but space. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  @Override
  public String type() {
    return "xfs";
  }

  @Override
  public boolean writable() {
    return true;
  }

  @Override
  public String neededOptions() {
    return "nouuid";
  }

  @Override
  public String usualOptions() {
    return "";
  }

  /** The log is the smallest that mkfs makes: each step leaves what it wrote of it in its layer. */
  @Override
  public String usualMkfs() {
    return "-b size=4096 -m"
        + " crc=1,finobt=1,rmapbt=0,reflink=1,bigtime=1,inobtcount=1,uuid=6f626400-0000-4000-8000-000000000003"
        + " -i sparse=1 -l size=64m";
  }

  @Override
  public String version() {
    return "v1";
  }

  @Override
  public Optional<Geometry> probe(BlockFile device, String name) throws IOException {
    ByteBuffer fields = ByteBuffer.wrap(Probe.bytes(device, 0, LENGTH)).order(ByteOrder.BIG_ENDIAN);
    if (fields.getInt(0) != MAGIC) {
      return Optional.empty();
    }
    int block = fields.getInt(4);
    long blocks = fields.getLong(8);
    int version = fields.getShort(100) & 0xF;
    int sector = Short.toUnsignedInt(fields.getShort(102));
    if (!Probe.powerOfTwo(block, 512, 65536)
        || !Probe.powerOfTwo(sector, 512, 32768)
        || sector > block
        || blocks <= 0
        || blocks > Long.MAX_VALUE / block) {
      throw new IOException(
          "%s: impossible xfs geometry: %d blocks of %d bytes, sectors of %d"
              .formatted(name, blocks, block, sector));
    }
    if (version != 4 && version != 5) {
      throw new IOException(name + ": xfs of version " + version + " is not supported");
    }
    return Optional.of(new Geometry(blocks * block, sector));
  }

  @Override
  public void make(Path node, List<String> options) throws IOException {
    List<String> command = new ArrayList<>(List.of("mkfs.xfs", "-f", "-q", "-K"));
    command.addAll(options);
    command.add(node.toString());
    var _ = TOOL.must(command);
  }

  @Override
  public long errors(BlockFile device, String name) {
    return 0; // it shuts itself down instead
  }

  /** Its blocks must be such that the device can drop each of them. */
  @Override
  public void tidy(Resting device) throws IOException {
    // Asked of the mount: what is read of the device itself may end the node's writes, discards
    // too.
    if (Files.getFileStore(device.mounted()).getBlockSize() < Written.BLOCK) {
      return;
    }
    Written.trim(device);
    // It returns when the discards are sent, not when they are done.
    Path inFlight = inFlight(device.mounted());
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!Files.readString(inFlight).matches("\\s*0\\s+0\\s*") && System.nanoTime() < deadline) {
      pause();
    }
  }

  /** Where the kernel tells how many requests the device has not answered. */
  private static Path inFlight(Path mounted) throws IOException {
    MountPoint mount =
        MountTable.read()
            .at(mounted)
            .orElseThrow(() -> new IOException("nothing is mounted at " + mounted));
    return Path.of("/sys/dev/block", mount.major() + ":" + mount.minor(), "inflight");
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while freed blocks were being dropped", e);
    }
  }

  @Override
  public void growUnmounted(Path node) {
    // done when mounted
  }

  @Override
  public void growMounted(Path target) throws IOException {
    var _ = TOOL.must(List.of("xfs_growfs", "-d", target.toString()));
  }

  @Override
  public Check check(Path node) throws IOException {
    return Check.of(TOOL, List.of("xfs_repair", "-n", node.toString()));
  }
}
