package dev.obdbuild.snapshots.fs;

import dev.obdbuild.overlaybd.block.BlockFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * ext4. An empty one is the same bytes every time: features, UUID, hash seed and times are fixed
 * here and nothing comes from {@code /etc/mke2fs.conf}. No journal, no metadata checksums, no
 * {@code lost+found}.
 *
 * <p>{@code uninit_bg} leaves the bitmaps and inode tables of unused groups unwritten; the groups'
 * metadata lies packed at the front. A filesystem of 64 GiB takes less than 256 KiB.
 */
public record Ext4() implements FileSystem {
  private static final Tool TOOL = new Tool("e2fsprogs");
  private static final int BLOCK = 4096;
  private static final String FEATURES =
      "none,ext_attr,dir_index,filetype,extent,64bit,flex_bg,sparse_super,sparse_super2,large_file,huge_file,"
          + "dir_nlink,extra_isize,uninit_bg";
  private static final String UUID = "6f626400-0000-4000-8000-000000000001";
  private static final String HASH_SEED = "6f626400-0000-4000-8000-000000000002";

  @Override
  public String type() {
    return "ext4";
  }

  @Override
  public boolean writable() {
    return true;
  }

  @Override
  public String neededOptions() {
    return "errors=remount-ro";
  }

  /**
   * No write barriers (nothing here needs to survive a power cut before it is sealed) and not the
   * kernel's background work, which would initialise the inode tables and read the bitmaps of all
   * block groups, of a lazy base too.
   */
  @Override
  public String usualOptions() {
    return "nobarrier,noinit_itable,no_prefetch_block_bitmaps";
  }

  @Override
  public String usualMkfs() {
    return "-b 4096 -I 256 -i 16384 -m 0 -G 16 -O "
        + FEATURES
        + " -U "
        + UUID
        + " -E nodiscard,lazy_itable_init=1,packed_meta_blocks=1,hash_seed="
        + HASH_SEED
        + ",root_owner=0:0";
  }

  @Override
  public String version() {
    return "v1";
  }

  @Override
  public Optional<Geometry> probe(BlockFile device, String name) throws IOException {
    if (!Superblock.there(Probe.bytes(device, Superblock.OFFSET, Superblock.LENGTH))) {
      return Optional.empty();
    }
    Superblock superblock = read(device, name);
    return Optional.of(new Geometry(superblock.size(), superblock.blockSize()));
  }

  @Override
  public void make(Path node, List<String> options) throws IOException {
    List<String> command = new ArrayList<>(List.of("mkfs.ext4", "-F", "-q"));
    command.addAll(options);
    command.add(node.toString());
    var _ = TOOL.must(command);
    List<String> tidy = List.of("debugfs", "-w", "-R", "rmdir lost+found", node.toString());
    Tool.Ended ended = TOOL.run(tidy);
    // debugfs tells failures in words only.
    if (ended.code() != 0 || ended.output().contains("rmdir:")) {
      throw Tool.failed(tidy, ended);
    }
  }

  @Override
  public long errors(BlockFile device, String name) throws IOException {
    return read(device, name).errors();
  }

  @Override
  public void tidy(Resting device) throws IOException {
    BlockFile content = device.content();
    Superblock superblock = read(content, device.mounted().toString());
    for (FreedBlocks.Range range : FreedBlocks.of(superblock, content, device.written())) {
      device.discard(range.offset(), range.length());
    }
    superblock.blank();
    byte[] block = new byte[BLOCK];
    MemorySegment segment = MemorySegment.ofArray(block);
    content.read(0, segment);
    System.arraycopy(superblock.bytes(), 0, block, Superblock.OFFSET, Superblock.LENGTH);
    device.write(0, segment);
  }

  /** The superblock. */
  @Override
  public long bookkeeping() {
    return BLOCK;
  }

  /**
   * The kernel does not grow a mounted one that has its superblocks' copies in two groups only, as
   * ours has.
   */
  @Override
  public void growUnmounted(Path node) throws IOException {
    // Forced: it would else want a check first, which reads all of a lazy base's metadata.
    var _ = TOOL.must(List.of("resize2fs", "-f", node.toString()));
  }

  @Override
  public void growMounted(Path target) {
    // done before
  }

  @Override
  public Check check(Path node) throws IOException {
    return Check.of(TOOL, List.of("e2fsck", "-fn", node.toString()));
  }

  private static Superblock read(BlockFile device, String name) throws IOException {
    return Superblock.of(Probe.bytes(device, Superblock.OFFSET, Superblock.LENGTH), name);
  }
}
