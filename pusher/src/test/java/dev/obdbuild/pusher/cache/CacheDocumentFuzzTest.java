package dev.obdbuild.pusher.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.obdbuild.oci.json.MalformedDocumentException;
import java.io.IOException;
import org.junit.jupiter.api.Tag;

/** Any bytes as a cache's document: refused by name, or within its bounds and written back. */
@Tag("fuzz")
final class CacheDocumentFuzzTest {

  @FuzzTest(maxDuration = "60s")
  void documents(byte[] body) throws IOException {
    CacheDocument document;
    try {
      document = CacheDocument.parse(body, "d");
    } catch (MalformedDocumentException e) {
      assertThat(e).hasMessageStartingWith("d: ");
      return;
    }
    int layers = document.layers().size();
    for (int i = 0; i < layers; i++) {
      assertThat(document.layers().get(i).parent()).isBetween(CacheDocument.EMPTY, i - 1);
      assertThat(document.chain(i)).hasSizeLessThanOrEqualTo(1000).last().isEqualTo(i);
    }
    int tops = document.imageLayers() > 0 ? document.imageLayers() : layers;
    document
        .records()
        .values()
        .forEach(
            entry ->
                assertThat(entry.results())
                    .allMatch(top -> top >= CacheDocument.EMPTY && top < tops));
    assertThat(document.mounts()).allMatch(mount -> mount.top() >= 0 && mount.top() < layers);
    assertThat(CacheDocument.parse(document.toJson(), "ours")).isEqualTo(document);
  }
}
