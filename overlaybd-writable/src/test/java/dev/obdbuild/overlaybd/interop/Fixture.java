package dev.obdbuild.overlaybd.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.hostfile.TestHostFile;
import dev.obdbuild.overlaybd.layer.LayerFile;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** One fixture; remembers what was looked at, so that nothing of it stays unlooked at. */
final class Fixture {
  private final Fixtures fixtures;
  private final String name;
  private final Set<String> used = new HashSet<>();

  Fixture(Fixtures fixtures, String name) {
    this.fixtures = fixtures;
    this.name = name;
  }

  JsonNode node() {
    return fixtures.fixture(name);
  }

  Set<String> files() {
    return Set.copyOf(node().get("files").propertyNames());
  }

  JsonNode entry(String file) {
    used.add(file);
    return node().get("files").get(file);
  }

  boolean stored(String file) {
    return fixtures.stored(name, file);
  }

  byte[] bytes(String file) throws IOException {
    used.add(file);
    return fixtures.bytes(name, file);
  }

  MemoryFile memory(String file) throws IOException {
    return MemoryFile.of(bytes(file));
  }

  TestHostFile sparse(String file) throws IOException {
    used.add(file);
    return fixtures.sparse(name, file);
  }

  String text(String file) throws IOException {
    used.add(file);
    return fixtures.text(name, file);
  }

  Layer layer(String file) throws IOException {
    return LayerFile.open(memory(file), name + "/" + file);
  }

  /** Exact where the bytes are stored, else by checksum. */
  void assertSame(String file, byte[] ours) throws IOException {
    used.add(file);
    if (stored(file)) {
      byte[] theirs = bytes(file);
      int at = java.util.Arrays.mismatch(theirs, ours);
      assertThat(at)
          .as(
              "%s/%s: first different byte (theirs %d bytes, ours %d)",
              name, file, theirs.length, ours.length)
          .isEqualTo(-1);
    } else {
      assertThat(Fixtures.sha256(ours))
          .as(name + "/" + file)
          .isEqualTo(fixtures.sha256(name, file));
    }
  }

  JsonNode view(String file) {
    used.add(file);
    return fixtures.json(name + "/" + file);
  }

  void checkView(String file, BlockFile stack) throws IOException {
    DeviceView.check(view(file), stack);
  }

  void checkView(String file, Layer layer) throws IOException {
    checkView(file, LayerStack.of(List.of(layer)));
  }

  /** Command lines of this fixture that contain all the words, in order. */
  List<String> commands(String... words) {
    return StreamSupport.stream(node().get("commands").spliterator(), false)
        .map(c -> c.get("cmd").asString())
        .filter(c -> List.of(words).stream().allMatch(c::contains))
        .toList();
  }

  void assertAllWasUsed() {
    assertThat(used).as("files of " + name + " that the test knows").containsAll(files());
    Pattern view = Pattern.compile("\\$F/" + Pattern.quote(name) + "/(view\\S*\\.json)");
    for (JsonNode command : node().get("commands")) {
      var matcher = view.matcher(command.get("cmd").asString());
      if (matcher.find() && command.get("exit").asInt() == 0) {
        assertThat(used).as("views of " + name + " that the test knows").contains(matcher.group(1));
      }
    }
  }
}
