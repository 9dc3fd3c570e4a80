package dev.obdbuild.overlaybd.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.FormatException;
import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.layer.LayerFile;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.LogLayer;
import dev.obdbuild.overlaybd.zfile.ZFileReader;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.assertj.core.api.Assertions;
import tools.jackson.databind.JsonNode;

/**
 * The damaged inputs: each is rebuilt from its edit and then refused where the table says, or read
 * right.
 */
final class BrokenInputs {
  private final Map<String, JsonNode> cases = new HashMap<>();
  private final BrokenEdits edits;
  private final String goodView;
  private final String goodBlocks;

  BrokenInputs(Fixtures fixtures) {
    fixtures.fixture("broken").get("cases").forEach(c -> cases.put(c.get("name").asString(), c));
    this.edits = new BrokenEdits(fixtures);
    JsonNode view = fixtures.json("lsmt/basic-log/view.plain.json");
    this.goodView = view.get("sha256").asString();
    this.goodBlocks = view.get("nonzero_4k_sha256").asString();
  }

  /** Every case has a line in the table and every line a case. */
  static void knowsAll(Fixture fixture) {
    List<String> names =
        StreamSupport.stream(fixture.node().get("cases").spliterator(), false)
            .map(c -> c.get("name").asString())
            .toList();
    assertThat(BrokenTable.EXPECTED.keySet()).containsExactlyInAnyOrderElementsOf(names);
    // Order and parents of layers are not this module's to judge: what is given is stacked.
    assertThat(fixture.node().get("wrong_order").propertyNames())
        .containsExactlyInAnyOrder("swapped-order", "duplicate-layer", "parent-missing");
  }

  private JsonNode broken(String name) {
    return Objects.requireNonNull(cases.get(name));
  }

  Stream<String> names() {
    return cases.keySet().stream().sorted();
  }

  void check(String name) throws IOException {
    String expected = BrokenTable.EXPECTED.get(name);
    assertThat(expected).as("the test does not know case " + name).isNotNull();
    String outcome;
    try {
      outcome =
          switch (broken(name).get("kind").asString()) {
            case "zfile" -> zfile(name);
            case "lsmt", "zlsmt" -> lsmt(name);
            case "rw" -> writable(name);
            case String kind -> Assertions.fail("unknown kind " + kind);
          };
    } catch (FormatException e) {
      outcome = e.structure() + " @" + e.offset();
      assertThat(e)
          .hasMessageStartingWith(
              "a " + name + ": " + e.structure() + " at byte " + e.offset() + ": ");
      assertThat(e.getMessage()).as("names a value").containsPattern("at byte \\d+: .*\\d");
    }
    assertThat(outcome).as(name).isEqualTo(expected);
  }

  private String zfile(String name) throws IOException {
    byte[] source = edits.text();
    try (ZFileReader reader =
        ZFileReader.open(MemoryFile.of(edits.build(broken(name))), "a " + name)) {
      byte[] decoded = new byte[(int) reader.size()];
      reader.read(0, MemorySegment.ofArray(decoded));
      assertThat(decoded).isEqualTo(source);
      return "reads";
    }
  }

  private String lsmt(String name) throws IOException {
    BlockFile blob = MemoryFile.of(edits.build(broken(name)));
    // A size of nothing or past the last sector is the device's affair; these layers were made for
    // 1 GiB.
    LayerStack stack = LayerStack.of(List.of(LayerFile.open(blob, "a " + name)), LsmtFixtures.GIB);
    if (name.equals("ls-data-flip")) {
      // Nothing can tell; the view is the good one but for this bit, which the edit sets at byte
      // 5000 of the file.
      assertThat(
              DeviceView.nonZeroHash(
                  new FlippedByte(stack, 5000 - 4096, edits.flippedBits(broken(name)))))
          .isEqualTo(goodBlocks);
      return "reads";
    }
    JsonNode view = broken(name).get("image_service").get("view_sha256");
    assertView(stack, view == null || name.equals("ls-vsize-odd") ? goodView : view.asString());
    return "reads";
  }

  private record FlippedByte(BlockFile device, long at, byte bits) implements BlockFile {
    @Override
    public long size() {
      return device.size();
    }

    @Override
    public void read(long offset, MemorySegment dst) throws IOException {
      device.read(offset, dst);
      if (at >= offset && at < offset + dst.byteSize()) {
        byte was = dst.get(ValueLayout.JAVA_BYTE, at - offset);
        dst.set(ValueLayout.JAVA_BYTE, at - offset, (byte) (was ^ bits));
      }
    }

    @Override
    public void close() {}
  }

  private void assertView(LayerStack stack, String sha256) throws IOException {
    if (sha256.equals(goodView)) {
      assertThat(DeviceView.nonZeroHash(stack)).isEqualTo(goodBlocks);
    } else {
      assertThat(DeviceView.wholeHash(stack)).isEqualTo(sha256);
    }
  }

  /** Opens the pair strictly; what is refused is then recovered to its valid prefix. */
  private String writable(String name) throws IOException {
    byte[] index = edits.build(broken(name));
    byte[] data = edits.rwData(name);
    try {
      LogLayer layer = LogLayer.open(MemoryFile.of(data), MemoryFile.of(index), "a " + name);
      // What a crash leaves is read as what was whole before it; the original refuses zeros there.
      String whole =
          switch (name) {
            case "rw-idx-torn" -> "rw-idx-minus1";
            case "rw-idx-zero-record", "rw-idx-zero-4096" -> "rw-good";
            default -> name;
          };
      JsonNode sha256 = broken(whole).get("view").get("sha256");
      assertView(LayerStack.of(List.of(layer.freeze())), sha256.asString());
      return "reads";
    } catch (FormatException strict) {
      if (strict.structure().startsWith("LSMT index record")) {
        LogLayer recovered =
            LogLayer.recover(MemoryFile.of(data), MemoryFile.of(index), "a " + name);
        int records = Integer.parseInt(strict.structure().substring("LSMT index record ".length()));
        LogLayer prefix =
            LogLayer.open(
                MemoryFile.of(data),
                MemoryFile.of(java.util.Arrays.copyOf(index, 4096 + 16 * records)),
                "prefix");
        assertThat(recovered.segments()).isEqualTo(prefix.segments());
      }
      throw strict;
    }
  }
}
