package dev.obdbuild.linux.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.linux.sys.LinuxException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DirTest {
  private static final UnixTime OLD = new UnixTime(-86400 * 365L * 10, 123_456_789);
  private static final UnixTime FAR = new UnixTime(4_102_444_800L, 987_654_321);

  @TempDir Path temp;
  private Dir dir;

  @BeforeEach
  void open() throws IOException {
    try (Root root = Root.open(temp)) {
      dir = root.dir(RawPath.EMPTY);
    }
  }

  @AfterEach
  void close() throws IOException {
    dir.close();
  }

  private static RawPath p(String text) {
    return RawPath.of(text);
  }

  private void write(String name, String text) throws IOException {
    try (OpenFile file = dir.createFile(p(name))) {
      file.write(MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8)));
    }
  }

  @Test
  void refusesNamesOfMoreThanOneComponent() {
    for (String name : new String[] {"", ".", "..", "a/b", "/a", "a/"}) {
      assertThatThrownBy(() -> dir.stat(p(name)))
          .as(name)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void setsTimesBefore1970AndAfter2038WithNanoseconds() throws IOException {
    write("f", "x");
    dir.times(p("f"), FAR, OLD);
    Stat stat = dir.stat(p("f"));
    assertThat(stat.mtime()).isEqualTo(OLD);
    assertThat(stat.atime()).isEqualTo(FAR);
    dir.symlink(p("l"), p("f"));
    dir.times(p("l"), FAR, FAR);
    assertThat(dir.stat(p("l")).mtime()).isEqualTo(FAR);
    assertThat(dir.stat(p("f")).mtime()).isEqualTo(OLD);
  }

  @Test
  void listsRawNamesSortedWithTheirTypes() throws IOException {
    RawPath odd = RawPath.ofBytes(new byte[] {(byte) 0xff, 'a'});
    dir.createFile(odd).close();
    dir.mkdir(p("d"), 0700);
    dir.symlink(p("s"), p("/nowhere"));
    assertThat(dir.list())
        .containsExactly(
            new DirEntry(p("d"), FileType.DIRECTORY),
            new DirEntry(p("s"), FileType.SYMLINK),
            new DirEntry(odd, FileType.REGULAR));
    assertThat(dir.list()).hasSize(3);
    assertThat(dir.readlink(p("s"))).isEqualTo(p("/nowhere"));
  }

  @Test
  void listsThousandsOfNames() throws IOException {
    for (int i = 0; i < 3000; i++) {
      dir.createFile(p("a-rather-long-name-" + i)).close();
    }
    assertThat(dir.list()).hasSize(3000);
  }

  @Test
  void modesAreAsAskedWhateverTheUmask() throws IOException {
    assertThat(dir.mkdir(p("d"), 01777)).isTrue();
    assertThat(dir.mkdir(p("d"), 0700)).isFalse();
    assertThat(dir.stat(p("d")).permissions()).isEqualTo(01777);
    dir.mknod(p("fifo"), FileType.FIFO, 0666, 0, 0);
    assertThat(dir.stat(p("fifo")))
        .extracting(Stat::type, Stat::permissions)
        .containsExactly(FileType.FIFO, 0666);
    dir.symlink(p("l"), p("d"));
    assertThatThrownBy(() -> dir.chmod(p("l"), 0)).isInstanceOf(LinuxException.class);
  }

  @Test
  void removesTreesWithoutFollowingLinks() throws IOException {
    Path outside = Files.createTempDirectory("outside");
    Files.writeString(outside.resolve("keep"), "");
    Files.createDirectories(temp.resolve("t/a/b"));
    Files.writeString(temp.resolve("t/a/b/f"), "");
    Files.createSymbolicLink(temp.resolve("t/a/out"), outside);
    assertThat(dir.remove(p("t"))).isTrue();
    assertThat(dir.remove(p("t"))).isFalse();
    assertThat(outside.resolve("keep")).exists();
    Files.delete(outside.resolve("keep"));
    Files.delete(outside);
  }

  @Test
  void opensNoSymlinkAndCreatesOverNone() throws IOException {
    dir.symlink(p("l"), p("target"));
    assertThatThrownBy(() -> dir.openRead(p("l"))).isInstanceOf(LinuxException.class);
    assertThatThrownBy(() -> dir.openDir(p("l"))).isInstanceOf(LinuxException.class);
    assertThat(dir.tryCreateFile(p("l"))).isEmpty();
    assertThat(dir.find(p("target"))).isEmpty();
  }

  @Test
  void linksAndRenames() throws IOException {
    write("a", "hello");
    dir.mkdir(p("d"), 0755);
    try (Dir below = dir.openDir(p("d"))) {
      below.link(p("b"), dir, p("a"));
      assertThat(below.stat(p("b")).inode()).isEqualTo(dir.stat(p("a")).inode());
      assertThat(below.stat(p("b")).links()).isEqualTo(2);
      dir.rename(p("a"), below, p("c"));
    }
    assertThat(temp.resolve("d/c")).hasContent("hello");
    assertThat(dir.find(p("a"))).isEmpty();
  }

  @Test
  void binaryXattrsSurvive() throws IOException {
    write("f", "x");
    byte[] value = {0, (byte) 0xff, 10, 0};
    dir.setXattr(p("f"), "user.bin", value);
    dir.setXattr(p("f"), "user.empty", new byte[0]);
    dir.setXattr(p("f"), "user.large", new byte[2000]);
    assertThat(dir.xattrs(p("f"))).containsOnlyKeys("user.bin", "user.empty", "user.large");
    assertThat(dir.xattrs(p("f")).get("user.bin")).isEqualTo(value);
    assertThat(dir.xattrs(p("f")).get("user.large")).hasSize(2000);
    dir.removeXattr(p("f"), "user.bin");
    dir.removeXattr(p("f"), "user.bin");
    assertThat(dir.xattrs(p("f"))).hasSize(2);
    dir.symlink(p("l"), p("f"));
    assertThat(dir.xattrs(p("l"))).isEmpty();
    assertThat(dir.xattrs()).isEmpty();
  }
}
