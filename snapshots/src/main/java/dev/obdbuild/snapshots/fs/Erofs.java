package dev.obdbuild.snapshots.fs;

import dev.obdbuild.overlaybd.block.BlockFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** EROFS, which is read-only by design: images of it are read, never built upon or made. */
public record Erofs() implements FileSystem {
  private static final Tool TOOL = new Tool("erofs-utils");
  private static final int OFFSET = 1024;
  private static final int LENGTH = 128;
  private static final int MAGIC = 0xE0F5E1E2;

  @Override
  public String type() {
    return "erofs";
  }

  @Override
  public boolean writable() {
    return false;
  }

  @Override
  public String neededOptions() {
    return "";
  }

  @Override
  public String usualOptions() {
    return "";
  }

  @Override
  public String usualMkfs() {
    return "";
  }

  @Override
  public String version() {
    return "v1";
  }

  @Override
  public Optional<Geometry> probe(BlockFile device, String name) throws IOException {
    ByteBuffer fields =
        ByteBuffer.wrap(Probe.bytes(device, OFFSET, LENGTH)).order(ByteOrder.LITTLE_ENDIAN);
    if (fields.getInt(0) != MAGIC) {
      return Optional.empty();
    }
    int bits = Byte.toUnsignedInt(fields.get(12));
    long blocks = Integer.toUnsignedLong(fields.getInt(36));
    if (bits < 9 || bits > 16 || blocks == 0) {
      throw new IOException(
          "%s: impossible erofs geometry: %d blocks of 2^%d bytes".formatted(name, blocks, bits));
    }
    return Optional.of(new Geometry(blocks << bits, 1 << bits));
  }

  @Override
  public void make(Path node, List<String> options) throws IOException {
    throw readOnly();
  }

  @Override
  public long errors(BlockFile device, String name) {
    return 0;
  }

  @Override
  public void tidy(Resting device) throws IOException {
    throw readOnly();
  }

  @Override
  public void growUnmounted(Path node) throws IOException {
    throw readOnly();
  }

  @Override
  public void growMounted(Path target) throws IOException {
    throw readOnly();
  }

  @Override
  public Check check(Path node) throws IOException {
    return Check.of(TOOL, List.of("fsck.erofs", node.toString()));
  }

  private static IOException readOnly() {
    return new IOException("an erofs filesystem is read-only");
  }
}
