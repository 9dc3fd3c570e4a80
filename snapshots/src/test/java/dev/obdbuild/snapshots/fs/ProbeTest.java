package dev.obdbuild.snapshots.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.testkit.NeedsTool;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@NeedsTool({"mkfs.ext4", "mkfs.xfs", "mkfs.btrfs", "mkfs.erofs"})
final class ProbeTest {
  private static final int HEAD = 128 << 10;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs", "btrfs"})
  void eachKindKnowsWhatItMade(String kind) throws Exception {
    long size = 512L << 20;
    Probe probe = Probe.of(new Head(head(make(kind, size)), size), "device");
    assertThat(probe.kind().type()).isEqualTo(kind);
    assertThat(probe.geometry()).isEqualTo(new Geometry(size, kind.equals("xfs") ? 512 : 4096));
    assertThat(probe.device()).isEqualTo(size);
  }

  @Test
  void erofsIsKnown() throws Exception {
    Path tree = Files.createDirectory(folder.resolve("tree"));
    Files.writeString(tree.resolve("a"), "x".repeat(5000));
    Path image = folder.resolve("image");
    assertThat(
            new Tool("erofs-utils").must(List.of("mkfs.erofs", image.toString(), tree.toString())))
        .isNotNull();
    Probe probe = Probe.of(MemoryFile.of(Files.readAllBytes(image)), "device");
    assertThat(probe.kind()).isEqualTo(new Erofs());
    assertThat(probe.geometry()).isEqualTo(new Geometry(Files.size(image), 4096));
  }

  @Test
  void whatIsNotKnownIsRefusedAndSquashfsByName() {
    byte[] bytes = new byte[8192];
    assertThatThrownBy(() -> Probe.of(MemoryFile.of(bytes), "device 7"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("device 7 holds no filesystem that is known");
    bytes[0] = 'h';
    bytes[1] = 's';
    bytes[2] = 'q';
    bytes[3] = 's';
    assertThatThrownBy(() -> Probe.of(MemoryFile.of(bytes), "device 7"))
        .hasMessageContaining("squashfs");
  }

  @Test
  void twoSuperblocksAtOnceAreRefused() throws Exception {
    long size = 512L << 20;
    byte[] both = head(make("ext4", size));
    System.arraycopy(head(make("xfs", size)), 0, both, 0, 512);
    assertThatThrownBy(() -> Probe.of(new Head(both, size), "device"))
        .hasMessageContaining("two filesystems, ext4 and xfs");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs", "btrfs"})
  void aDeviceThatIsTooSmallIsRefused(String kind) throws Exception {
    byte[] head = head(make(kind, 512L << 20));
    assertThatThrownBy(() -> Probe.of(new Head(head, 256L << 20), "device"))
        .hasMessageContaining("the device only 268435456");
  }

  /** Whatever the bytes: a value within the device, or an error that names the device. */
  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs", "btrfs", "noise"})
  void damagedSuperblocksAreValuesOrNamedErrors(String kind) throws Exception {
    long size = 512L << 20;
    byte[] good = kind.equals("noise") ? new byte[HEAD] : head(make(kind, size));
    int[] starts = {0, 1024, 65536};
    for (int seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = good.clone();
      for (int i = random.nextInt(1, 6); i > 0; i--) {
        bytes[starts[random.nextInt(3)] + random.nextInt(400)] = (byte) random.nextInt();
      }
      try {
        Probe probe = Probe.of(new Head(bytes, size), "device 7");
        assertThat(probe.geometry().size()).as("seed %d", seed).isBetween(0L, size);
        assertThat(probe.geometry().unit()).as("seed %d", seed).isBetween(512, 65536);
      } catch (IOException e) {
        assertThat(e).as("seed %d", seed).hasMessageContaining("device 7");
      }
    }
  }

  private Path make(String kind, long size) throws IOException {
    Path image = folder.resolve(kind);
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(size);
    }
    NewFilesystem wanted = NewFilesystem.of(size).as(kind);
    wanted.kind().make(image, wanted.mkfs());
    return image;
  }

  private static byte[] head(Path image) throws IOException {
    try (var in = Files.newInputStream(image)) {
      return in.readNBytes(HEAD);
    }
  }

  /** The first bytes of a device of which the rest is zeros. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Head(byte[] bytes, long size) implements dev.obdbuild.overlaybd.block.BlockFile {
    @Override
    public void read(long offset, MemorySegment dst) {
      dst.fill((byte) 0);
      long there = Math.clamp(bytes.length - offset, 0, dst.byteSize());
      dst.asSlice(0, there)
          .copyFrom(MemorySegment.ofArray(bytes).asSlice(Math.min(offset, bytes.length), there));
    }

    @Override
    public void close() {}
  }
}
