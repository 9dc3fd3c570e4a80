package dev.obdbuild.backstore.ext4;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.backstore.ext4.FilePlaces.Place;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.ChannelFile;
import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.layer.LayerFile;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.testkit.NeedsShared;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.Shared;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FilePlacesTest {
  private final List<String> unknown = new ArrayList<>();

  private List<Place> places(BlockFile device, String... paths) throws IOException {
    return new FilePlaces(Ext4Files.open(device).orElseThrow(), unknown::add).of(List.of(paths));
  }

  private static byte[] content(BlockFile device, List<Place> places) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Place place : places) {
      byte[] bytes = new byte[(int) place.length()];
      device.read(place.offset(), MemorySegment.ofArray(bytes));
      out.writeBytes(bytes);
    }
    return out.toByteArray();
  }

  @Test
  @NeedsShared
  void everyFileOfTheOriginalsFilesystemIsFoundWhereItLies() throws IOException {
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Path file = Shared.path("fixtures/overlaybd/apply/layer" + i);
      layers.add(LayerFile.open(ChannelFile.open(file), file.toString()));
    }
    LayerStack stack = LayerStack.of(layers);
    String tree = Files.readString(Shared.path("fixtures/overlaybd/apply/tree2.json"));
    JsonReader listing =
        JsonReader.parse(("{\"entries\":" + tree + "}").getBytes(UTF_8), "tree2.json");
    int checked = 0;
    for (JsonReader entry : listing.objects("entries")) {
      int size = (int) entry.integer("size", 0);
      if (entry.string("type").equals("file") && size > 0 && size < 1 << 20) {
        byte[] found = content(stack, places(stack, "/" + entry.string("path")));
        assertThat(found.length).as(entry.string("path")).isBetween(size, size + 4095);
        assertThat(Digest.sha256(Arrays.copyOf(found, size)).hex())
            .as(entry.string("path"))
            .isEqualTo(entry.string("sha256"));
        checked++;
      }
    }
    assertThat(checked).isGreaterThan(10);
    assertThat(unknown).isEmpty();
    assertThat(places(stack, "/no/such", "relative", "", "/etc/passwd")).hasSize(1);
    assertThat(unknown).containsExactly("/no/such", "relative");
    for (Layer layer : layers) {
      layer.close();
    }
  }

  private static MemoryFile filesystem(Path folder) throws Exception {
    Path tree = Files.createDirectories(folder.resolve("tree/a/deep"));
    Files.write(tree.resolve("one"), "1".repeat(5000).getBytes(UTF_8));
    Files.write(tree.resolve("two"), "2".repeat(3000).getBytes(UTF_8));
    Path many = Files.createDirectory(folder.resolve("tree/many"));
    for (int i = 0; i < 300; i++) {
      Files.write(many.resolve("file-with-a-rather-long-name-" + i), ("n" + i).getBytes(UTF_8));
    }
    Files.createSymbolicLink(folder.resolve("tree/link"), Path.of("a/deep"));
    Files.createSymbolicLink(folder.resolve("tree/a/abs"), Path.of("/many"));
    Files.createSymbolicLink(folder.resolve("tree/loop"), Path.of("loop"));
    Path image = folder.resolve("image");
    Process mkfs =
        new ProcessBuilder(
                "mke2fs",
                "-q",
                "-t",
                "ext4",
                "-b",
                "1024",
                "-d",
                folder.resolve("tree").toString(),
                image.toString(),
                "16M")
            .inheritIO()
            .start();
    assertThat(mkfs.waitFor()).isZero();
    return MemoryFile.of(Files.readAllBytes(image));
  }

  @Test
  @NeedsTool("mke2fs")
  void foldersAndLinksLeadToFiles(@TempDir Path folder) throws Exception {
    MemoryFile device = filesystem(folder);
    assertThat(content(device, places(device, "/link/one"))).startsWith('1').hasSize(5120);
    assertThat(content(device, places(device, "/link/../../link/./two"))).startsWith('2');
    assertThat(places(device, "/a/deep/")).hasSize(2);
    assertThat(places(device, "/a/deep/*")).hasSize(2);
    assertThat(places(device, "/a/deep")).isEmpty();
    assertThat(places(device, "/many/")).hasSize(300);
    assertThat(places(device, "/many/file-with-a-rather-long-name-299")).hasSize(1);
    assertThat(places(device, "/a/abs/file-with-a-rather-long-name-7")).hasSize(1);
    assertThat(places(device, "/")).hasSize(302);
    assertThat(unknown).isEmpty();
    assertThat(places(device, "/loop", "/loop/x")).isEmpty();
    assertThat(unknown).containsExactly("/loop", "/loop/x");
  }

  @Test
  @NeedsTool("mke2fs")
  void damageEndsInAnErrorOrInPlaces(@TempDir Path folder) throws Exception {
    MemoryFile device = filesystem(folder);
    byte[] whole = new byte[(int) device.size()];
    device.read(0, MemorySegment.ofArray(whole));
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      byte[] damaged = whole.clone();
      for (int i = 0; i < 2000; i++) {
        // Superblock, descriptors, bitmaps, inodes and directories lie at the start.
        damaged[random.nextInt(1024, 2 << 20)] = (byte) random.nextInt(256);
      }
      MemoryFile file = MemoryFile.of(damaged);
      try {
        var files = Ext4Files.open(file);
        if (files.isPresent()) {
          assertThat(new FilePlaces(files.get(), p -> {}).of(List.of("/", "/link/one")))
              .hasSizeLessThan(1_000_000);
        }
      } catch (IOException e) {
        assertThat(e).hasMessageStartingWith("ext4: ");
      }
    }
  }

  @Test
  void whatIsNoFilesystemIsNone() throws IOException {
    assertThat(Ext4Files.open(MemoryFile.of(new byte[4096]))).isEmpty();
    assertThat(Ext4Files.open(MemoryFile.of(new byte[100]))).isEmpty();
  }
}
