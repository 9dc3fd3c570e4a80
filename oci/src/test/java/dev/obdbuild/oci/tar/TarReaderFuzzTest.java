package dev.obdbuild.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.obdbuild.testkit.TarSums;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;

/** Any bytes as an archive: refused, or read; and what was read is the same when written again. */
@Tag("fuzz")
final class TarReaderFuzzTest {

  @FuzzTest(maxDuration = "120s")
  void archives(byte[] bytes) throws IOException {
    byte[] tar = TarSums.right(bytes);
    List<TarRoundTripTest.Item> items;
    try {
      items = TarRoundTripTest.read(tar);
    } catch (MalformedTarException e) {
      assertThat(e).hasMessageStartingWith("test.tar: at offset ");
      assertThat(e.offset()).isBetween(0L, (long) tar.length);
      return;
    }
    assertThat(items.stream().mapToLong(item -> item.content().length).sum())
        .isLessThanOrEqualTo(tar.length);
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    try (TarWriter writer = new TarWriter(again)) {
      for (TarRoundTripTest.Item item : items) {
        writer.add(item.entry());
        writer.write(item.content(), 0, item.content().length);
      }
    }
    List<TarRoundTripTest.Item> second = TarRoundTripTest.read(again.toByteArray());
    assertThat(second).hasSameSizeAs(items);
    for (int i = 0; i < items.size(); i++) {
      TarRoundTripTest.assertSame(second.get(i), items.get(i));
    }
  }
}
