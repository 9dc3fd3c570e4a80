package dev.obdbuild.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** GNU tar is the judge in both directions. */
@NeedsTool("tar")
final class SystemTarTest {
  private static final String LONG = "long/".repeat(50) + "name";

  @TempDir private Path folder;

  private String run(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(String.join(" ", command) + ": " + said).isZero();
    return said;
  }

  private Map<String, TarEntry> read(Path tar, Map<String, byte[]> contents) throws IOException {
    Map<String, TarEntry> entries = new LinkedHashMap<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(tar));
        TarReader reader = new TarReader(in, tar.toString())) {
      for (var entry = reader.next(); entry.isPresent(); entry = reader.next()) {
        entries.put(entry.get().nameText(), entry.get());
        contents.put(entry.get().nameText(), reader.content().readAllBytes());
      }
    }
    return entries;
  }

  private static TarEntry entry(Map<String, TarEntry> entries, String name) {
    TarEntry entry = entries.get(name);
    assertThat(entry).as(name + " of " + entries.keySet()).isNotNull();
    return Objects.requireNonNull(entry);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gnu", "pax", "ustar", "v7", "oldgnu"})
  void whatGnuTarWritesIsRead(String format) throws Exception {
    Path tree = Files.createDirectories(folder.resolve("tree"));
    boolean old = format.equals("ustar") || format.equals("v7");
    String name = old ? "short" : LONG;
    Files.createDirectories(tree.resolve(name).getParent());
    Files.writeString(tree.resolve(name), "hello");
    Files.createSymbolicLink(tree.resolve("symlink"), Path.of(old ? "a" : "b".repeat(150)));
    Files.createLink(tree.resolve("zhard"), tree.resolve(name));
    if (!format.equals("v7")) {
      run("mkfifo", "tree/fifo");
    }
    run("touch", "-d", "2001-02-03T04:05:06.789Z", "tree/" + name);
    run(
        "tar",
        "--format=" + format,
        "--sort=name",
        "--owner=someone:1234",
        "--group=some:" + (old ? 77 : 3_000_000_000L),
        "-cf",
        "t.tar",
        "-C",
        "tree",
        ".");
    Map<String, byte[]> contents = new LinkedHashMap<>();
    Map<String, TarEntry> entries = read(folder.resolve("t.tar"), contents);
    TarEntry file = entry(entries, "./" + name);
    assertThat(file.size()).isEqualTo(5);
    assertThat(contents.get("./" + name)).asString().isEqualTo("hello");
    assertThat(file.uid()).isEqualTo(1234);
    assertThat(file.gid()).isEqualTo(old ? 77 : 3_000_000_000L);
    assertThat(file.mtime())
        .isEqualTo(new TarTime(981173106, format.equals("pax") ? 789_000_000 : 0));
    assertThat(entry(entries, "./symlink").type()).isEqualTo(TarEntry.Type.SYMLINK);
    assertThat(entry(entries, "./symlink").linkName()).isEqualTo(old ? "a" : "b".repeat(150));
    assertThat(entry(entries, "./zhard").type()).isEqualTo(TarEntry.Type.HARD_LINK);
    assertThat(entry(entries, "./zhard").linkName()).isEqualTo("./" + name);
    assertThat(entry(entries, "./").type()).isEqualTo(TarEntry.Type.DIRECTORY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gnu",
        "pax --sparse-version=0.0",
        "pax --sparse-version=0.1",
        "pax --sparse-version=1.0"
      })
  void everyFormOfSparseFilesIsRead(String format) throws Exception {
    long size = 300L << 20;
    try (RandomAccessFile file = new RandomAccessFile(folder.resolve("sparse").toFile(), "rw")) {
      for (int i = 0; i < 40; i++) {
        file.seek(i * 7L * 1024 * 1024);
        file.write(("piece " + i).getBytes(StandardCharsets.UTF_8));
      }
      file.setLength(size);
    }
    List<String> command = new ArrayList<>(List.of("tar", "--sparse", "-cf", "t.tar"));
    command.addAll(List.of(("--format=" + format).split(" ")));
    command.add("sparse");
    run(command.toArray(String[]::new));
    Map<String, byte[]> contents = new LinkedHashMap<>();
    TarEntry entry = entry(read(folder.resolve("t.tar"), contents), "sparse");
    assertThat(entry.size()).isEqualTo(size);
    assertThat(entry.extents()).hasSizeBetween(40, 41);
    byte[] stored = Objects.requireNonNull(contents.get("sparse"));
    assertThat(stored).hasSize((int) entry.storedSize());
    long at = 0;
    for (int i = 0; i < 40; i++) {
      Extent extent = entry.extents().get(i);
      assertThat(extent.offset()).isEqualTo(i * 7L * 1024 * 1024);
      assertThat(new String(stored, (int) at, 8, StandardCharsets.UTF_8))
          .startsWith(("piece " + i).substring(0, 7));
      at += extent.length();
    }
  }

  @Test
  void aFileThatIsOneHoleIsRead() throws Exception {
    run("truncate", "-s", "10M", "hole");
    for (String format : new String[] {"gnu", "pax"}) {
      run("tar", "--sparse", "--format=" + format, "-cf", "t.tar", "hole");
      TarEntry entry = entry(read(folder.resolve("t.tar"), new LinkedHashMap<>()), "hole");
      assertThat(entry.size()).isEqualTo(10 << 20);
      assertThat(entry.storedSize()).isZero();
      assertThat(entry.extents()).isNotEmpty();
    }
  }

  @Test
  @NeedsRoot
  void whatTheWriterWritesGnuTarUnpacks() throws Exception {
    byte[] binary = {0, 1, 2, (byte) 0xff, '\n', '='};
    List<Extent> extents = List.of(new Extent(4096, 4096), new Extent(1 << 20, 4096));
    byte[] stored = new byte[8192];
    Arrays.fill(stored, (byte) 'x');
    try (TarWriter writer = new TarWriter(Files.newOutputStream(folder.resolve("t.tar")))) {
      writer.add(TarEntry.builder(TarEntry.Type.DIRECTORY, "d").mode(01777).build());
      TarEntry file =
          TarEntry.builder(TarEntry.Type.FILE, "d/file")
              .size(3)
              .owner(3_000_000, 4_000_000)
              .mode(04755)
              .mtime(new TarTime(1_000_000_000, 123_456_789))
              .xattr("user.binary", binary)
              .build();
      writer.add(file, new ByteArrayInputStream("abc".getBytes(StandardCharsets.UTF_8)));
      writer.add(TarEntry.builder(TarEntry.Type.HARD_LINK, "d/hard").linkName("d/file").build());
      writer.add(
          TarEntry.builder(TarEntry.Type.SYMLINK, "d/sym").linkName("t".repeat(120)).build());
      writer.add(TarEntry.builder(TarEntry.Type.CHARACTER_DEVICE, "d/null").device(1, 3).build());
      writer.add(TarEntry.builder(TarEntry.Type.FIFO, "d/fifo").build());
      TarEntry longName =
          TarEntry.builder(TarEntry.Type.FILE, TarEntry.bytes("d/" + "ü".repeat(110))).build();
      writer.add(longName);
      TarEntry sparse =
          TarEntry.builder(TarEntry.Type.FILE, "d/sparse").size(2 << 20).extents(extents).build();
      writer.add(sparse, new ByteArrayInputStream(stored));
    }
    run("tar", "--xattrs", "--xattrs-include=*", "-xpf", "t.tar");
    assertThat(
            run(
                "stat",
                "-c",
                "%n %F %a %u %g %s %h",
                "d",
                "d/file",
                "d/null",
                "d/fifo",
                "d/sparse"))
        .isEqualTo(
            """
            d directory 1777 0 0 %d %d
            d/file regular file 4755 3000000 4000000 3 2
            d/null character special file 644 0 0 0 1
            d/fifo fifo 644 0 0 0 1
            d/sparse regular file 644 0 0 2097152 1
            """
                .formatted(
                    Files.size(folder.resolve("d")),
                    (int) Files.getAttribute(folder.resolve("d"), "unix:nlink")));
    assertThat(run("stat", "-c", "%.9Y", "d/file")).isEqualTo("1000000000.123456789\n");
    assertThat(run("stat", "-c", "%t:%T", "d/null")).isEqualTo("1:3\n");
    assertThat(Files.readSymbolicLink(folder.resolve("d/sym"))).hasToString("t".repeat(120));
    assertThat(run("ls", "d")).contains("ü".repeat(100));
    byte[] unpacked = Files.readAllBytes(folder.resolve("d/sparse"));
    byte[] expected = new byte[2 << 20];
    Arrays.fill(expected, 4096, 8192, (byte) 'x');
    Arrays.fill(expected, 1 << 20, (1 << 20) + 4096, (byte) 'x');
    assertThat(Arrays.equals(unpacked, expected)).isTrue();
    assertThat((byte[]) Files.getAttribute(folder.resolve("d/file"), "user:binary"))
        .isEqualTo(binary);
  }
}
