package dev.obdbuild.overlaybd.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.hostfile.TestHostFile;
import dev.obdbuild.overlaybd.layer.LayerFile;
import dev.obdbuild.overlaybd.lsmt.CommitOptions;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerIdentity;
import dev.obdbuild.overlaybd.lsmt.LayerMerge;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.LogLayer;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import dev.obdbuild.overlaybd.lsmt.WritableLayer;
import dev.obdbuild.overlaybd.zfile.Codec;
import dev.obdbuild.overlaybd.zfile.ZFileOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** What to do with the fixtures of more than one layer. */
final class StackFixtures {
  private static final ZFileOptions LZ4 = new ZFileOptions(Codec.LZ4, 4096, true);

  private StackFixtures() {}

  static void stack(Fixture fixture) throws IOException {
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; fixture.files().contains("layer" + i); i++) {
      Layer layer = fixture.layer("layer" + i);
      layers.add(layer);
      CommitCommand command =
          CommitCommand.parse(fixture.commands("overlaybd-commit", "st" + i + ".data").getFirst());
      // Replayed alone, as the original did. A discard is then no record in memory, so the layer is
      // opened again.
      MemoryFile data = new MemoryFile();
      MemoryFile index = new MemoryFile();
      LogLayer ours = LogLayer.create(data, index, LsmtFixtures.GIB);
      WriteScript.replay(fixture.text("writes" + i + ".txt"), ours, LsmtFixtures.NOTHING);
      ours.force();
      LogLayer reopened = LogLayer.open(data, index, "st" + i);
      byte[] plain =
          command.plain(
              reopened.segments(), data, command.options(LsmtFixtures.GIB, LayerIdentity.NONE));
      LsmtFixtures.checkCommit(fixture, command, "layer" + i, plain);
    }
    LayerStack stack = LayerStack.of(layers);
    fixture.checkView("view.json", stack);
    LayerStack grown = LayerStack.of(layers.subList(0, 1));
    for (Layer layer : layers.subList(1, layers.size())) {
      grown = grown.plus(layer);
    }
    fixture.checkView("view.json", grown);
    merged(fixture, layers);
    if (fixture.files().contains("upper-log.data")) {
      upper(fixture, layers, "log");
      upper(fixture, layers, "sparse");
    }
  }

  private static void merged(Fixture fixture, List<Layer> layers) throws IOException {
    byte[] plain = merge(layers);
    fixture.assertSame("merged.plain", plain);
    fixture.assertSame("merged.z", CommitCommand.compress(plain, LZ4, false, 2));
    fixture.checkView("view.merged.json", fixture.layer("merged.z"));
    fixture.checkView("view.merged.json", Layer.open(MemoryFile.of(plain), "merged"));
  }

  private static byte[] merge(List<Layer> layers) throws IOException {
    MemoryFile out = new MemoryFile();
    LayerMerge.write(
        layers, new CommitOptions(LsmtFixtures.GIB, "", layers.getFirst().parentUuid(), ""), out);
    return out.toByteArray();
  }

  private static void upper(Fixture fixture, List<Layer> layers, String kind) throws IOException {
    LayerStack below = LayerStack.of(layers);
    WritableLayer theirs;
    BlockFile raw;
    if (kind.equals("log")) {
      MemoryFile data = fixture.memory("upper-log.data");
      raw = data;
      theirs = LogLayer.open(data, fixture.memory("upper-log.index"), "upper");
      MemoryFile ours = new MemoryFile();
      LogLayer written =
          LogLayer.create(ours, new MemoryFile(), LsmtFixtures.GIB, theirs.identity());
      WriteScript.replay(fixture.text("upper-writes.txt"), written, below);
      fixture.assertSame("upper-log.data", ours.toByteArray());
      fixture.checkView("view-upper-log-reopened.json", below.plus(written.freeze()));
    } else {
      assertThat(fixture.bytes("upper-sparse.index")).isEmpty();
      TestHostFile data = fixture.sparse("upper-sparse.data");
      raw = data;
      theirs = SparseLayer.open(data, data, "upper");
    }
    CommitCommand command =
        CommitCommand.parse(fixture.commands("overlaybd-commit", "up." + kind).getFirst());
    byte[] plain =
        command.plain(theirs.segments(), raw, command.options(LsmtFixtures.GIB, theirs.identity()));
    LsmtFixtures.checkCommit(fixture, command, "upper-" + kind + ".committed-z", plain);
    fixture.checkView(
        "view-upper-" + kind + "-committed.json",
        below.plus(fixture.layer("upper-" + kind + ".committed-z")));
    Layer frozen = theirs.freeze();
    fixture.checkView("view-upper-" + kind + "-reopened.json", below.plus(frozen));
    MemoryFile out = new MemoryFile();
    LayerMerge.writeWithUpper(
        layers, frozen, new CommitOptions(LsmtFixtures.GIB, "", frozen.parentUuid(), ""), out);
    byte[] merged = out.toByteArray();
    fixture.assertSame(
        "upper-" + kind + ".merged-z", CommitCommand.compress(merged, LZ4, false, 2));
    fixture.checkView(
        "view-upper-" + kind + "-merged.json", Layer.open(MemoryFile.of(merged), "merged"));
  }

  /** Layers of a real filesystem; the tars they came from are another module's matter. */
  static void apply(Fixture fixture) throws IOException {
    for (String tar : List.of("l1.tar", "l2.tar", "l3.tar", "l1.tar.gz", "l1.tar.zst")) {
      fixture.entry(tar);
    }
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Layer layer = fixture.layer("layer" + i);
      layers.add(layer);
      fixture.checkView("view" + i + ".json", LayerStack.of(layers));
      CommitCommand command =
          CommitCommand.parse(fixture.commands("overlaybd-commit", i + ".layer").getFirst());
      byte[] plain = Views.committed(layer);
      LsmtFixtures.checkCommit(fixture, command, "layer" + i, plain);
    }
  }

  static void turboOci(Fixture fixture, Fixture apply) throws IOException {
    fixture.entry("l1.tarmeta");
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      byte[] tar = i == 0 ? apply.bytes("l1.tar") : gunzip(fixture, "l" + (i + 1) + ".tar.gz");
      fixture.entry("gzip.meta." + i);
      BlockFile meta = LayerFile.unwrap(fixture.memory("ext4.fs.meta." + i), "fsmeta" + i);
      layers.add(Layer.openTurbo(meta, MemoryFile.of(tar), "turbo" + i));
      fixture.checkView("view" + i + ".json", LayerStack.of(layers));
    }
  }

  private static byte[] gunzip(Fixture fixture, String file) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(fixture.bytes(file)))) {
      return in.readAllBytes();
    }
  }

  /** The layer itself is not kept, only what the original said of it. */
  static void resize(Fixture fixture) {
    assertThat(fixture.files()).isEmpty();
    assertThat(fixture.view("view.json").get("virtual_size").asLong())
        .isEqualTo(fixture.node().get("header_vsize").asLong());
  }
}
