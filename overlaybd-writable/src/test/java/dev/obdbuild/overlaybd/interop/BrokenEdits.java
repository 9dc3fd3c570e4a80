package dev.obdbuild.overlaybd.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/** Rebuilds damaged inputs from the edits in the manifest. */
final class BrokenEdits {
  private final Fixtures fixtures;
  private final Map<String, JsonNode> reconstructed = new HashMap<>();

  BrokenEdits(Fixtures fixtures) {
    this.fixtures = fixtures;
    fixtures
        .json("broken/broken-diffs.json")
        .forEach(d -> reconstructed.put(d.get("name").asString(), d));
  }

  byte[] text() throws IOException {
    return java.nio.file.Files.readAllBytes(
        dev.obdbuild.testkit.Shared.path("fixtures/overlaybd/zfile/text.src"));
  }

  private byte[] base(String path) throws IOException {
    String file = path.contains(" ") ? path.substring(0, path.indexOf(' ')) : path;
    int slash = file.lastIndexOf('/');
    return fixtures.bytes(file.substring(0, slash), file.substring(slash + 1));
  }

  /** For a writable pair: the index file. */
  byte[] build(JsonNode broken) throws IOException {
    String name = broken.get("name").asString();
    if (name.equals("rw-data-as-index")) {
      return Arrays.copyOf(writtenData(), 4096);
    }
    if (name.equals("rw-swapped")) {
      return writtenData();
    }
    boolean given =
        broken.has("diff")
            || broken.has("truncate_to")
            || broken.has("append_zeros")
            || broken.has("append_hex")
            || name.endsWith("-good");
    JsonNode edit =
        given ? broken : Objects.requireNonNull(reconstructed.get(name), "edit of " + name);
    byte[] bytes = base(broken.get("base").asString());
    if (edit.has("diff")) {
      for (JsonNode change : edit.get("diff")) {
        byte[] patch = HexFormat.of().parseHex(change.get(1).asString());
        System.arraycopy(patch, 0, bytes, change.get(0).asInt(), patch.length);
      }
    }
    if (edit.has("truncate_to")) {
      bytes = Arrays.copyOf(bytes, edit.get("truncate_to").asInt());
    }
    if (edit.has("append_zeros")) {
      bytes = Arrays.copyOf(bytes, bytes.length + edit.get("append_zeros").asInt());
    }
    if (edit.has("append_hex")) {
      byte[] more = HexFormat.of().parseHex(edit.get("append_hex").asString());
      bytes = Arrays.copyOf(bytes, bytes.length + more.length);
      System.arraycopy(more, 0, bytes, bytes.length - more.length, more.length);
    }
    assertThat(bytes.length).as("size of " + name).isEqualTo(broken.get("size").asInt());
    if (edit.has("sha256")) {
      assertThat(Fixtures.sha256(bytes)).as(name).isEqualTo(edit.get("sha256").asString());
    }
    return bytes;
  }

  /** Which bits a one-byte edit changes. */
  byte flippedBits(JsonNode broken) throws IOException {
    byte[] good = base(broken.get("base").asString());
    byte[] bad = build(broken);
    int at = Arrays.mismatch(good, bad);
    return (byte) (good[at] ^ bad[at]);
  }

  private byte[] writtenData() throws IOException {
    return fixtures.bytes("lsmt/basic-log", "written.data");
  }

  /** The data file of a writable pair. */
  byte[] rwData(String name) throws IOException {
    byte[] data = writtenData();
    return switch (name) {
      case "rw-data-short" -> Arrays.copyOf(data, data.length - 4096);
      case "rw-data-longer" -> Arrays.copyOf(data, data.length + 8192);
      case "rw-data-hdr-only" -> Arrays.copyOf(data, 4096);
      case "rw-swapped" -> fixtures.bytes("lsmt/basic-log", "written.index");
      default -> data;
    };
  }
}
