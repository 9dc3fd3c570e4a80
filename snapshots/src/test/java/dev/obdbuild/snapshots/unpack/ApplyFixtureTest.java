package dev.obdbuild.snapshots.unpack;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStream;
import dev.obdbuild.oci.tar.TarReader;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsShared;
import dev.obdbuild.testkit.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The layers that overlaybd-apply unpacked, against its own listings, but right where it is known
 * to be wrong.
 */
@NeedsRoot
@NeedsShared
final class ApplyFixtureTest {
  @TempDir Path folder;

  /** Where the original goes wrong (format notes, section 16), and what the archive really says. */
  private static final Map<String, Map<String, Object>> CORRECTIONS =
      Map.of(
          "usr/bin/prog", Map.of("mode", "0o4755"),
          "usr/bin/hard", Map.of("mode", "0o4755"),
          "usr/bin/prog2", Map.of("mode", "0o4755"),
          "home/hugeuid", Map.of("uid", 3_000_000_000L, "gid", 3_000_000_001L),
          "home/gnubig", Map.of("uid", 3_000_000_000L),
          "home/y2100", Map.of("mtime", 4_102_444_800L));

  @Test
  void threeLayersGiveTheListedTrees() throws IOException {
    for (int layer = 0; layer < 3; layer++) {
      try (TarReader tar =
          new TarReader(
              new ZstdInputStream(
                  Files.newInputStream(
                      Shared.path("fixtures/overlaybd/apply/l" + (layer + 1) + ".tar.zst"))),
              "l" + (layer + 1))) {
        LayerApply.apply(tar, folder, UnpackOptions.LAYER);
      }
      assertThat(Listings.of(folder)).as("after layer " + (layer + 1)).isEqualTo(expected(layer));
    }
  }

  private static Map<String, String> expected(int layer) throws IOException {
    Map<String, String> lines = new TreeMap<>();
    JsonNode tree =
        JsonMapper.shared()
            .readTree(
                Files.readString(Shared.path("fixtures/overlaybd/apply/tree" + layer + ".json")));
    for (JsonNode file : tree) {
      String path = file.get("path").asString();
      if (!path.equals("lost+found")) {
        lines.put(path, line(file, new HashMap<>(CORRECTIONS.getOrDefault(path, Map.of()))));
      }
    }
    return lines;
  }

  private static String line(JsonNode file, Map<String, Object> right) {
    String type =
        switch (file.get("type").asString()) {
          case "file" -> "REGULAR";
          case "dir" -> "DIRECTORY";
          case "char" -> "CHARACTER";
          default -> file.get("type").asString().toUpperCase(java.util.Locale.ROOT);
        };
    String mode = right.getOrDefault("mode", file.get("mode").asString()).toString();
    String line =
        "%s %s %s:%s %s"
            .formatted(
                type,
                mode.substring(2),
                right.getOrDefault("uid", file.get("uid").asLong()),
                right.getOrDefault("gid", file.get("gid").asLong()),
                right.getOrDefault("mtime", file.get("mtime").asLong()));
    line +=
        switch (type) {
          case "REGULAR" ->
              " links "
                  + file.get("nlink").asLong()
                  + " "
                  + file.get("size").asLong()
                  + " "
                  + file.get("sha256").asString();
          case "SYMLINK" -> " -> " + file.get("target").asString();
          case "CHARACTER", "BLOCK" ->
              " " + file.get("dev").get(0).asInt() + "," + file.get("dev").get(1).asInt();
          default -> "";
        };
    if (file.has("xattrs")) {
      for (Map.Entry<String, JsonNode> xattr : file.get("xattrs").properties()) {
        line += " " + xattr.getKey() + "=" + xattr.getValue().asString();
      }
    }
    return line;
  }
}
