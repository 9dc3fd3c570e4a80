package dev.obdbuild.snapshots.unpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.linux.file.Owner;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.linux.file.UnixTime;
import dev.obdbuild.oci.tar.Extent;
import dev.obdbuild.oci.tar.TarEntry;
import dev.obdbuild.oci.tar.TarEntry.Type;
import dev.obdbuild.oci.tar.TarEntryBuilder;
import dev.obdbuild.oci.tar.TarReader;
import dev.obdbuild.oci.tar.TarTime;
import dev.obdbuild.oci.tar.TarWriter;
import dev.obdbuild.testkit.NeedsRoot;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NeedsRoot
final class LayerApplyTest {
  @TempDir Path temp;
  private Path folder;
  private ByteArrayOutputStream bytes;
  private TarWriter tar;

  @BeforeEach
  void start() throws IOException {
    folder = Files.createDirectory(temp.resolve("root"));
    newLayer();
  }

  private void newLayer() {
    bytes = new ByteArrayOutputStream();
    tar = new TarWriter(bytes);
  }

  private LayerApplyTest file(String name, String content) throws IOException {
    return file(TarEntry.builder(Type.FILE, TarEntry.bytes(name)), content);
  }

  private LayerApplyTest file(TarEntryBuilder entry, String content) throws IOException {
    byte[] data = content.getBytes(StandardCharsets.UTF_8);
    tar.add(entry.size(data.length).build(), new ByteArrayInputStream(data));
    return this;
  }

  private LayerApplyTest add(TarEntryBuilder entry) throws IOException {
    tar.add(entry.build());
    return this;
  }

  private static TarEntryBuilder dir(String name) {
    return TarEntry.builder(Type.DIRECTORY, name);
  }

  private static TarEntryBuilder link(Type type, String name, String target) {
    return TarEntry.builder(type, name).linkName(target);
  }

  private UnpackReport apply(UnpackOptions options) throws IOException {
    tar.close();
    try (TarReader reader =
        new TarReader(new ByteArrayInputStream(bytes.toByteArray()), "test layer")) {
      UnpackReport report = LayerApply.apply(reader, folder, options);
      newLayer();
      return report;
    }
  }

  private void apply() throws IOException {
    apply(UnpackOptions.LAYER);
  }

  private Stat stat(String path) throws IOException {
    try (Root root = Root.open(folder)) {
      return root.lstat(RawPath.of(path));
    }
  }

  @Test
  void namesThatWouldLeaveTheFolderAreTakenInside() throws IOException {
    file("../../evil", "a").file("/abs", "b").file("x/../../../up", "c").apply();
    assertThat(folder.resolve("evil")).hasContent("a");
    assertThat(folder.resolve("abs")).hasContent("b");
    assertThat(folder.resolve("up")).hasContent("c");
    assertThat(temp.resolve("evil")).doesNotExist();
  }

  @Test
  void symlinksThatWouldLeaveTheFolderLeadInside() throws IOException {
    Path outside = Files.createDirectory(temp.resolve("outside"));
    add(link(Type.SYMLINK, "abs", outside.toString()))
        .add(link(Type.SYMLINK, "rel", "../outside"))
        .file("abs/one", "1")
        .file("rel/two", "2")
        .apply();
    assertThat(outside).isEmptyDirectory();
    assertThat(folder.resolve("outside/two")).hasContent("2");
    assertThat(folder.resolve(outside.toString().substring(1) + "/one")).hasContent("1");
  }

  @Test
  void hardLinksCannotReachOutside() throws IOException {
    Files.writeString(temp.resolve("secret"), "s");
    add(link(Type.HARD_LINK, "stolen", "../secret"));
    assertThatThrownBy(this::apply)
        .isInstanceOf(UnpackException.class)
        .hasMessageContaining("stolen")
        .hasMessageContaining("secret");
    Files.createSymbolicLink(folder.resolve("d"), temp);
    newLayer();
    add(link(Type.HARD_LINK, "stolen", "d/secret"));
    assertThatThrownBy(this::apply).isInstanceOf(UnpackException.class);
  }

  @Test
  void filesAreNotWrittenThroughSymlinks() throws IOException {
    Files.writeString(temp.resolve("victim"), "untouched");
    Files.createSymbolicLink(folder.resolve("f"), temp.resolve("victim"));
    file("f", "new").apply();
    assertThat(temp.resolve("victim")).hasContent("untouched");
    assertThat(stat("f").isRegular()).isTrue();
  }

  @Test
  void whiteoutsSpareWhatTheSameLayerBrought() throws IOException {
    file("d/old", "1").file("d/sub/old", "2").file("e", "3").apply();
    file("d/new", "4").file("d/sub/new", "5").file("d/.wh..wh..opq", "").file("d/later", "6");
    file("e", "7").file(".wh.e", "").apply();
    assertThat(Listings.of(folder))
        .containsOnlyKeys("d", "d/new", "d/later", "d/sub", "d/sub/new", "e");
    assertThat(folder.resolve("e")).hasContent("7");
  }

  @Test
  void whiteoutsRemoveTreesAndIgnoreWhatIsMissing() throws IOException {
    file("a/b/c", "").file("keep", "").apply();
    file(".wh.a", "")
        .file("no/such/.wh.x", "")
        .file(".wh.nothing", "")
        .file(".wh..wh.plnk", "")
        .apply();
    assertThat(Listings.of(folder)).containsOnlyKeys("keep");
  }

  @Test
  void aWhiteoutOfDotsIsRefused() throws IOException {
    file("d/.wh...", "");
    Files.createDirectory(folder.resolve("d"));
    assertThatThrownBy(this::apply)
        .isInstanceOf(UnpackException.class)
        .hasMessageContaining("d/.wh...");
  }

  @Test
  void plainArchivesKnowNoWhiteouts() throws IOException {
    file("x", "1").file(".wh.x", "2").apply(UnpackOptions.archive(Optional.of(new Owner(7, 8))));
    assertThat(Listings.of(folder)).containsOnlyKeys("x", ".wh.x");
    assertThat(stat("x").owner()).isEqualTo(new Owner(7, 8));
  }

  @Test
  void aHardLinkEntryDoesNotTouchItsTarget() throws IOException {
    file(TarEntry.builder(Type.FILE, "prog").mode(04755).owner(1, 2).mtime(new TarTime(5, 6)), "x")
        .add(link(Type.HARD_LINK, "hard", "./prog").mode(0644).owner(9, 9))
        .apply();
    Stat stat = stat("hard");
    assertThat(stat.inode()).isEqualTo(stat("prog").inode());
    assertThat(stat.permissions()).isEqualTo(04755);
    assertThat(stat.owner()).isEqualTo(new Owner(1, 2));
    assertThat(stat.mtime()).isEqualTo(new UnixTime(5, 6));
  }

  @Test
  void hardLinksOverThemselvesAndOverOthersWork() throws IOException {
    file("a", "1").file("b", "2").apply();
    add(link(Type.HARD_LINK, "a", "a")).add(link(Type.HARD_LINK, "b", "a")).apply();
    assertThat(folder.resolve("b")).hasContent("1");
    assertThat(stat("a").links()).isEqualTo(2);
  }

  @Test
  void laterEntriesWinWhateverTheirType() throws IOException {
    file("x", "1").add(dir("x")).file("x/in", "2").file("x", "3").add(link(Type.SYMLINK, "x", "y"));
    add(TarEntry.builder(Type.FIFO, "x").mode(0600)).file("y/deep/er", "").file("y", "4").apply();
    assertThat(Listings.of(folder)).containsOnlyKeys("x", "y");
    assertThat(stat("x").type()).isEqualTo(dev.obdbuild.linux.file.FileType.FIFO);
    assertThat(folder.resolve("y")).hasContent("4");
  }

  @Test
  void aDirectoryReplacesASymlinkAndKeepsADirectory() throws IOException {
    Files.createDirectories(folder.resolve("real/kept"));
    Files.createSymbolicLink(folder.resolve("link"), Path.of("real"));
    add(dir("link").mode(0700)).add(dir("real").mode(0711).owner(3, 4)).apply();
    assertThat(stat("link").isDirectory()).isTrue();
    assertThat(stat("real").permissions()).isEqualTo(0711);
    assertThat(folder.resolve("real/kept")).exists();
  }

  @Test
  void directoryTimesAreTheArchives() throws IOException {
    Files.createDirectories(folder.resolve("lower"));
    Files.setLastModifiedTime(
        folder.resolve("lower"), java.nio.file.attribute.FileTime.fromMillis(1_000_000));
    add(dir("d").mtime(new TarTime(-100, 7)))
        .file("d/f", "x")
        .file("lower/g", "y")
        .file("made/h", "z")
        .apply();
    assertThat(stat("d").mtime()).isEqualTo(new UnixTime(-100, 7));
    assertThat(stat("lower").mtime()).isEqualTo(new UnixTime(1000, 0));
    assertThat(stat("made").mtime()).isEqualTo(new UnixTime(0, 0));
    assertThat(stat("made").permissions()).isEqualTo(0755);
  }

  @Test
  void extremesOfOwnersAndTimesSurvive() throws IOException {
    file(TarEntry.builder(Type.FILE, "f").owner(4_294_967_294L, 3_000_000_000L), "").apply();
    assertThat(stat("f").owner()).isEqualTo(new Owner(4_294_967_294L, 3_000_000_000L));
    file(TarEntry.builder(Type.FILE, "t").mtime(new TarTime(-2_000_000_000L, 999_999_999)), "")
        .apply();
    assertThat(stat("t").mtime()).isEqualTo(new UnixTime(-2_000_000_000L, 999_999_999));
    file(TarEntry.builder(Type.FILE, "u").owner(4_294_967_296L, 0), "");
    assertThatThrownBy(this::apply)
        .isInstanceOf(UnpackException.class)
        .hasMessageContaining("4294967296");
  }

  @Test
  void capabilitiesSurviveTheChown() throws IOException {
    byte[] capability =
        java.util.HexFormat.of().parseHex("0100000200040000000000000000000000000000");
    file(
        TarEntry.builder(Type.FILE, "ping")
            .owner(5, 5)
            .mode(0755)
            .xattr("security.capability", capability),
        "x");
    add(dir("d").xattr("user.d", new byte[] {0, 1})).apply();
    try (Root root = Root.open(folder)) {
      assertThat(root.xattrs(RawPath.of("ping")).get("security.capability")).isEqualTo(capability);
      assertThat(root.xattrs(RawPath.of("d"))).containsOnlyKeys("user.d");
    }
    add(dir("d")).apply();
    try (Root root = Root.open(folder)) {
      assertThat(root.xattrs(RawPath.of("d"))).isEmpty();
    }
  }

  @Test
  void sparseFilesBecomeHoles() throws IOException {
    byte[] data = "head and tail".getBytes(StandardCharsets.UTF_8);
    tar.add(
        TarEntry.builder(Type.FILE, "s")
            .size(100L << 20)
            .extents(List.of(new Extent(0, 5), new Extent(50L << 20, 8), new Extent(100L << 20, 0)))
            .build(),
        new ByteArrayInputStream(data));
    apply();
    assertThat(stat("s").size()).isEqualTo(100L << 20);
    assertThat(stat("s").blocks()).isLessThanOrEqualTo(32);
  }

  @Test
  void devicesWithBigMinorsAndOddNames() throws IOException {
    add(TarEntry.builder(Type.CHARACTER_DEVICE, "c").device(240, 70000).mode(0606))
        .file("a\nb\u00ff", "");
    String raw = new String(new byte[] {(byte) 0xfe, 'x'}, StandardCharsets.ISO_8859_1);
    file(TarEntry.builder(Type.FILE, raw), "r").apply();
    assertThat(stat("c").rdevMinor()).isEqualTo(70000);
    assertThat(stat("c").permissions()).isEqualTo(0606);
    try (Root root = Root.open(folder)) {
      assertThat(root.find(new RawPath(raw), false)).isPresent();
    }
  }

  @Test
  void theFoldersOwnEntryIsSkipped() throws IOException {
    int before = stat("").permissions();
    add(dir("./").mode(0701)).apply();
    assertThat(stat("").permissions()).isEqualTo(before);
  }

  @Test
  void aTruncatedArchiveIsAnErrorThatNamesTheEntry() throws IOException {
    file("big", "x".repeat(5000));
    tar.close();
    byte[] cut = java.util.Arrays.copyOf(bytes.toByteArray(), 3000);
    try (TarReader reader = new TarReader(new ByteArrayInputStream(cut), "cut layer")) {
      assertThatThrownBy(() -> LayerApply.apply(reader, folder, UnpackOptions.LAYER))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("big");
    }
  }
}
