package dev.obdbuild.overlaybd.interop;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.hostfile.TestHostFile;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerIdentity;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.LogLayer;
import dev.obdbuild.overlaybd.lsmt.SegmentIndex;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import dev.obdbuild.overlaybd.lsmt.WritableLayer;
import dev.obdbuild.overlaybd.zfile.Codec;
import dev.obdbuild.overlaybd.zfile.UnreadableBlockException;
import dev.obdbuild.overlaybd.zfile.ZFileReader;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/** What to do with the single layers of {@code lsmt/}. */
final class LsmtFixtures {
  static final long GIB = 1L << 30;
  static final LayerStack NOTHING = LayerStack.of(List.of(), 0);

  private LsmtFixtures() {}

  static void basicLog(Fixture fixture) throws IOException {
    MemoryFile data = new MemoryFile();
    MemoryFile index = new MemoryFile();
    LayerIdentity created = identity(fixture.bytes("created.data"));
    try (LogLayer ours = LogLayer.create(data, index, GIB, created)) {
      fixture.assertSame("created.data", data.toByteArray());
      fixture.assertSame("created.index", index.toByteArray());
      WriteScript.replay(fixture.text("writes.txt"), ours, NOTHING);
      ours.force();
      fixture.assertSame("written.data", data.toByteArray());
      fixture.assertSame("written.index", index.toByteArray());
      fixture.checkView("view-rw.json", Views.live(ours));
    }
    LogLayer written =
        LogLayer.open(fixture.memory("written.data"), fixture.memory("written.index"), "basic-log");
    MemoryFile raw = fixture.memory("written.data");
    checkCommits(fixture, written, raw);
    Layer sealed = written.seal();
    checkSealed(
        fixture,
        "sealed.data",
        ((MemoryFile) sealed.data()).toByteArray(),
        fixture.bytes("sealed.data"));
    checkCommitOfSealed(fixture, fixture.memory("sealed.data"));
  }

  static void basicSparse(Fixture fixture) throws IOException {
    try (TestHostFile theirs = fixture.sparse("created.data")) {
      byte[] header = new byte[4096];
      theirs.read(0, MemorySegment.ofArray(header));
      MemoryFile data = new MemoryFile();
      SparseLayer ours = SparseLayer.create(data, GIB, identity(header));
      byte[] ourHeader = new byte[4096];
      data.read(0, MemorySegment.ofArray(ourHeader));
      assertThat(ourHeader).isEqualTo(header);
      assertThat(data.size()).isEqualTo(theirs.size());
      assertThat(data.nextData(4096)).as("first byte that is no hole").isEqualTo(-1);
      ours.close();
    }
    assertThat(fixture.bytes("created.index")).isEmpty();
    assertThat(fixture.bytes("written.index")).isEmpty();
    TestHostFile file = fixture.sparse("written.data");
    try (SparseLayer written = SparseLayer.open(file, file, "basic-sparse");
        TestHostFile raw = fixture.sparse("written.data")) {
      ownSparseFileIsTheSame(fixture.text("writes.txt"), raw);
      fixture.checkView("view-rw.json", Views.live(written));
      checkCommits(fixture, written, raw);
    }
    try (TestHostFile sealed = fixture.sparse("sealed.data");
        TestHostFile again = fixture.sparse("sealed.data")) {
      Layer layer = Layer.open(sealed, "sealed");
      // The original sealed a copy whose zeros had become holes: so its own file without the seal
      // is the source.
      again.truncate(4096 + GIB);
      fixture.checkView("view.sealed.json", layer);
      Layer ours = SparseLayer.open(again, again, "own").seal();
      assertThat(again.size()).isEqualTo(sealed.size());
      int index = (int) (sealed.size() - GIB - 4096);
      checkSealed(fixture, "sealed.data", tail(again, index), tail(sealed, index));
      assertThat(Layer.open(again, "own").index()).isEqualTo(ours.index());
      checkCommitOfSealed(fixture, sealed);
    }
  }

  private static byte[] tail(BlockFile file, int length) throws IOException {
    byte[] tail = new byte[length];
    file.read(file.size() - length, MemorySegment.ofArray(tail));
    return tail;
  }

  /** The same writes make the same bytes at the same places. */
  private static void ownSparseFileIsTheSame(String script, TestHostFile theirs)
      throws IOException {
    MemoryFile data = new MemoryFile();
    byte[] header = new byte[4096];
    theirs.read(0, MemorySegment.ofArray(header));
    SparseLayer ours = SparseLayer.create(data, GIB, identity(header));
    WriteScript.replay(script, ours, NOTHING);
    for (long at = data.nextData(0); at >= 0; at = data.nextData(data.nextHole(at))) {
      byte[] mine = new byte[(int) (data.nextHole(at) - at)];
      byte[] original = new byte[mine.length];
      data.read(at, MemorySegment.ofArray(mine));
      theirs.read(at, MemorySegment.ofArray(original));
      assertThat(Arrays.mismatch(mine, original)).as("first difference after " + at).isEqualTo(-1);
    }
    for (long at = theirs.nextData(0); at >= 0; at = theirs.nextData(theirs.nextHole(at))) {
      assertThat(data.nextData(at)).as("data at " + at).isEqualTo(at);
    }
  }

  /** Every commit and its view: our plain layer is theirs, and so is what we make of it. */
  private static void checkCommits(Fixture fixture, WritableLayer source, BlockFile data)
      throws IOException {
    for (String line : fixture.commands("overlaybd-commit")) {
      CommitCommand command = CommitCommand.parse(line);
      if (!command.output().startsWith("$W/l.") || line.contains("--commit_sealed")) {
        continue;
      }
      String kind =
          switch (command.output().substring("$W/l.".length())) {
            case "noargs" -> "no-uuid";
            case "tonly" -> "t-without-z";
            case String other -> other;
          };
      byte[] plain =
          command.plain(
              source.segments(), data, command.options(source.virtualSize(), source.identity()));
      checkCommit(fixture, command, "layer." + kind, plain);
      String view = "view." + kind + ".json";
      if (!fixture.commands("fx view", "/" + view).isEmpty() && viewWorked(fixture, view)) {
        fixture.checkView(view, fixture.layer("layer." + kind));
      } else {
        fixture.checkView("view.plain.json", fixture.layer("layer." + kind));
      }
    }
  }

  /** One view of the original failed on its own 64 KiB quirk. */
  private static boolean viewWorked(Fixture fixture, String view) {
    return !fixture.node().has("view_fail") || !fixture.node().get("view_fail").has(view);
  }

  static void checkCommit(Fixture fixture, CommitCommand command, String file, byte[] plain)
      throws IOException {
    BlockFile theirs = dev.obdbuild.overlaybd.layer.LayerFile.unwrap(fixture.memory(file), file);
    byte[] unwrapped = new byte[(int) theirs.size()];
    theirs.read(0, MemorySegment.ofArray(unwrapped));
    assertThat(Arrays.mismatch(unwrapped, plain))
        .as("first difference in the layer of " + file)
        .isEqualTo(-1);
    if (theirs instanceof ZFileReader reader
        && reader.blockSize() == 65536
        && ZFileFixtures.hasBlockBeyondTheOriginalsBuffer(fixture.bytes(file))) {
      assertThatThrownBy(() -> command.wrapped(plain, 1))
          .isInstanceOf(UnreadableBlockException.class);
      return;
    }
    for (int threads : new int[] {0, 2}) {
      byte[] ours = command.wrapped(plain, threads);
      if (theirs instanceof ZFileReader reader && reader.codec() == Codec.ZSTD) {
        ZFileFixtures.assertEquivalent(file, fixture.bytes(file), ours);
      } else {
        fixture.assertSame(file, ours);
      }
    }
  }

  /** Equal but for the padding of the index, which the original leaves uninitialised. */
  private static void checkSealed(Fixture fixture, String file, byte[] ours, byte[] theirs)
      throws IOException {
    assertThat(ours.length).as(file).isEqualTo(theirs.length);
    int trailer = theirs.length - 4096;
    int records = (int) Views.indexRecords(theirs, trailer);
    int indexBytes = records * 16;
    int indexStart = trailer - (indexBytes + 511) / 512 * 512;
    assertThat(
            Arrays.mismatch(ours, 0, indexStart + indexBytes, theirs, 0, indexStart + indexBytes))
        .as(file + " up to the padding")
        .isEqualTo(-1);
    assertThat(Arrays.mismatch(ours, trailer, ours.length, theirs, trailer, theirs.length))
        .as(file + " trailer")
        .isEqualTo(-1);
    fixture.entry(file);
  }

  private static void checkCommitOfSealed(Fixture fixture, BlockFile sealed) throws IOException {
    Layer layer = Layer.open(sealed, "sealed.data");
    fixture.checkView("view.sealed.json", layer);
    CommitCommand command = CommitCommand.parse(fixture.commands("--commit_sealed").getFirst());
    byte[] plain =
        command.plain(
            layer.index(),
            layer.data(),
            command.options(
                layer.virtualSize(), new LayerIdentity(layer.uuid(), layer.parentUuid())));
    checkCommit(fixture, command, "layer.commit_sealed-z", plain);
    fixture.checkView("view.commit_sealed.json", fixture.layer("layer.commit_sealed-z"));
  }

  static void empty(Fixture fixture) throws IOException {
    for (String kind : List.of("plain", "z", "ztar")) {
      CommitCommand command =
          CommitCommand.parse(
              fixture.commands("$W/l." + kind).stream()
                  .filter(c -> c.endsWith("$W/l." + kind))
                  .findFirst()
                  .orElseThrow());
      byte[] plain =
          command.plain(
              SegmentIndex.EMPTY, new MemoryFile(), command.options(GIB, LayerIdentity.NONE));
      checkCommit(fixture, command, "layer." + kind, plain);
      fixture.checkView("view." + kind + ".json", fixture.layer("layer." + kind));
    }
    Layer sealed = fixture.layer("sealed.data");
    fixture.checkView("view.sealed.json", sealed);
    MemoryFile data = new MemoryFile();
    LogLayer.create(data, new MemoryFile(), GIB, new LayerIdentity(sealed.uuid(), "")).seal();
    fixture.assertSame("sealed.data", data.toByteArray());
    try (LogLayer layer =
        LogLayer.open(fixture.memory("vsize0.data"), fixture.memory("vsize0.index"), "vsize0")) {
      assertThat(layer.virtualSize()).isZero();
      assertThat(layer.segments().size()).isZero();
    }
  }

  static void high(Fixture fixture) throws IOException {
    long size = fixture.view("view.plain.json").get("virtual_size").asLong();
    LogLayer theirs =
        LogLayer.open(fixture.memory("written.data"), fixture.memory("written.index"), "high");
    MemoryFile data = new MemoryFile();
    MemoryFile index = new MemoryFile();
    LogLayer ours = LogLayer.create(data, index, size, theirs.identity());
    WriteScript.replay(fixture.text("writes.txt"), ours, NOTHING);
    ours.force();
    fixture.assertSame("written.data", data.toByteArray());
    fixture.assertSame("written.index", index.toByteArray());
    for (String kind : List.of("plain", "z")) {
      CommitCommand command = CommitCommand.parse(fixture.commands("$W/l." + kind).getFirst());
      byte[] plain =
          command.plain(theirs.segments(), data, command.options(size, theirs.identity()));
      checkCommit(fixture, command, "layer." + kind, plain);
      fixture.checkView("view." + kind + ".json", fixture.layer("layer." + kind));
    }
  }

  /** The data is not stored: our own writer makes it again from the script. */
  static void longRuns(Fixture fixture) throws IOException {
    MemoryFile data = new MemoryFile();
    MemoryFile index = new MemoryFile();
    LogLayer reopened = rewritten(fixture, data, index);
    CommitCommand command =
        CommitCommand.parse(fixture.commands("overlaybd-commit", "l.g").getFirst());
    byte[] plain =
        command.plain(reopened.segments(), data, command.options(GIB, reopened.identity()));
    fixture.assertSame("layer.plain", plain);
    fixture.checkView("view.json", fixture.layer("layer.plain"));
    assertThat(fixture.entry("sealed.data").get("size").asLong())
        .isEqualTo(((MemoryFile) reopened.seal().data()).size());
    fixture.checkView("view.sealed.json", Layer.open(data, "sealed"));
  }

  private static LogLayer rewritten(Fixture fixture, MemoryFile data, MemoryFile index)
      throws IOException {
    LogLayer created = LogLayer.create(data, index, GIB, identity(fixture.bytes("written.index")));
    WriteScript.replay(fixture.text("writes.txt"), created, NOTHING);
    created.force();
    fixture.assertSame("written.data", data.toByteArray());
    fixture.assertSame("written.index", index.toByteArray());
    return LogLayer.open(data, index, "rewritten");
  }

  /** The uuids of a header. */
  private static LayerIdentity identity(byte[] header) {
    return new LayerIdentity(
        new String(header, 56, 36, US_ASCII), new String(header, 93, 36, US_ASCII));
  }

  static void many(Fixture fixture) throws IOException {
    MemoryFile data = new MemoryFile();
    LogLayer reopened = rewritten(fixture, data, new MemoryFile());
    CommitCommand plainCommand = CommitCommand.parse(fixture.commands("$W/l.mp").getFirst());
    byte[] plain =
        plainCommand.plain(
            reopened.segments(), data, plainCommand.options(GIB, reopened.identity()));
    fixture.assertSame("layer.plain", plain);
    CommitCommand zstd = CommitCommand.parse(fixture.commands("--bs 16").getFirst());
    checkCommit(fixture, zstd, "layer.z-zstd-16k", plain);
    fixture.checkView("view.json", fixture.layer("layer.z-zstd-16k"));
  }

  static void sparseQuirk(Fixture fixture) throws IOException {
    MemoryFile data = new MemoryFile();
    LogLayer lower = LogLayer.create(data, new MemoryFile(), GIB);
    WriteScript.replay(fixture.text("lower.txt"), lower, NOTHING);
    CommitCommand command = CommitCommand.parse(fixture.commands("lo.layer").getFirst());
    Layer theirs = fixture.layer("lower.z");
    byte[] plain =
        command.plain(
            lower.segments(),
            data,
            command.options(GIB, new LayerIdentity("", theirs.parentUuid())));
    checkCommit(fixture, command, "lower.z", plain);

    LayerStack base = LayerStack.of(List.of(theirs));
    String script = fixture.text("upper.txt");
    MemoryFile logData = new MemoryFile();
    MemoryFile logIndex = new MemoryFile();
    LogLayer log = LogLayer.create(logData, logIndex, GIB);
    WriteScript.replay(script, log, base);
    log.force();
    fixture.checkView(
        "view-log-reopened.json", base.plus(LogLayer.open(logData, logIndex, "log").freeze()));

    MemoryFile sparseData = new MemoryFile();
    SparseLayer sparse = SparseLayer.create(sparseData, GIB);
    WriteScript.replay(script, sparse, base);
    SparseLayer reopened = SparseLayer.open(sparseData, sparseData, "sparse");
    fixture.checkView("view-sparse-reopened.json", base.plus(reopened.freeze()));
    // The index in memory has neither quirk: what the log layer shows, the sparse layer shows too.
    fixture.checkView("view-log-reopened.json", base.plus(sparse.freeze()));
  }

  static void tags(Fixture fixture) throws IOException {
    for (String line : fixture.commands("overlaybd-commit")) {
      int length = Integer.parseInt(line.substring(line.lastIndexOf("$W/l.t") + 6).trim());
      String file = "layer.tag" + length;
      if (length > 256) {
        fixture.entry(file);
        assertThatThrownBy(() -> CommitCommand.parse(line).options(GIB, LayerIdentity.NONE))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("257");
        continue;
      }
      CommitCommand command = CommitCommand.parse(line);
      byte[] plain =
          command.plain(
              SegmentIndex.EMPTY, new MemoryFile(), command.options(GIB, LayerIdentity.NONE));
      fixture.assertSame(file, plain);
      assertThat(fixture.layer(file).userTag()).isEqualTo("x".repeat(length));
    }
  }

  static void vsize0(Fixture fixture) throws IOException {
    MemoryFile data = MemoryFile.of(fixture.bytes("before.data"));
    MemoryFile index = MemoryFile.of(fixture.bytes("after.index"));
    // The index before is not kept; it differed from the one after in its size only.
    index.write(48, MemorySegment.ofArray(new byte[8]));
    LogLayer layer = LogLayer.open(data, index, "vsize0");
    layer.inheritVirtualSize(GIB);
    layer.force();
    fixture.assertSame("after.data", data.toByteArray());
    fixture.assertSame("after.index", index.toByteArray());
    assertThat(fixture.view("view.json").get("virtual_size").asLong())
        .isEqualTo(layer.virtualSize());
  }
}
