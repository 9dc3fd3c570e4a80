package dev.obdbuild.snapshots.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.testkit.NeedsTool;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NeedsTool({"mkfs.ext4", "e2fsck", "dumpe2fs", "debugfs"})
final class SuperblockTest {
  @TempDir Path folder;

  @Test
  void aBlankedSuperblockWithMetadataChecksumsStillPassesE2fsck() throws Exception {
    Path image = image("metadata_csum,64bit");
    Superblock superblock = read(image);
    assertThat(superblock.hasChecksum()).isTrue();
    assertThat(superblock.checksum()).isEqualTo(superblock.storedChecksum());
    run("debugfs", "-w", "-R", "ssv mnt_count 7", image.toString());
    run("debugfs", "-w", "-R", "ssv mtime 20260101", image.toString());

    Superblock dirty = read(image);
    dirty.blank();
    write(image, dirty);

    assertThat(run("e2fsck", "-fn", image.toString())).doesNotContain("checksum");
    assertThat(run("dumpe2fs", "-h", image.toString()))
        .containsPattern("Mount count: +0\\n")
        .containsPattern("Last mount time: +n/a\\n");
  }

  @Test
  void geometryIsReadFromTheSuperblock() throws Exception {
    Superblock superblock = read(image("^metadata_csum"));
    assertThat(superblock.blockSize()).isEqualTo(4096);
    assertThat(superblock.groups()).isEqualTo(2);
    assertThat(superblock.descriptorSize()).isEqualTo(64);
    assertThat(superblock.size()).isEqualTo(256L << 20);
    assertThat(superblock.hasChecksum()).isFalse();
    assertThat(superblock.damaged()).isFalse();
  }

  @Test
  void whatIsNoExt4IsRefusedWithItsMagic() {
    assertThatThrownBy(() -> Superblock.of(new byte[Superblock.LENGTH], "device x"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("device x")
        .hasMessageContaining("magic 0000 at offset 1080, expected ef53");
  }

  @Test
  void theEmptyFilesystemIsTheSameBytesEveryTimeAndClean() throws Exception {
    Path one = folder.resolve("one");
    Path two = folder.resolve("two");
    for (Path image : new Path[] {one, two}) {
      try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
        file.setLength(1L << 30);
      }
      new Ext4().make(image, NewFilesystem.of(1L << 30).mkfs());
    }
    assertThat(java.nio.file.Files.mismatch(one, two)).isEqualTo(-1);
    assertThat(run("e2fsck", "-fn", one.toString())).contains("10/65536 files");
    assertThat(run("debugfs", "-R", "ls -p /", one.toString())).doesNotContain("lost+found");
  }

  private Path image(String features) throws Exception {
    Path image = folder.resolve("fs");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(256L << 20);
    }
    run("mkfs.ext4", "-q", "-F", "-b", "4096", "-O", "^has_journal," + features, image.toString());
    return image;
  }

  private static Superblock read(Path image) throws IOException {
    byte[] bytes = new byte[Superblock.LENGTH];
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "r")) {
      file.seek(Superblock.OFFSET);
      file.readFully(bytes);
    }
    return Superblock.of(bytes, image.toString());
  }

  private static void write(Path image, Superblock superblock) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.seek(Superblock.OFFSET);
      file.write(superblock.bytes());
    }
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
