package dev.obdbuild.builder.filter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Optional;
import org.junit.jupiter.api.Tag;

/** Any text as a filter: it chooses or not within bounded steps, or is refused in words. */
@Tag("fuzz")
final class FilterFuzzTest {

  @FuzzTest(maxDuration = "60s")
  void filters(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    try {
      Filter filter = Filter.parse(text);
      boolean chosen = filter.matches(path -> Optional.of(String.join(".", path).repeat(1000)));
      assertThat(
              Filter.parse(text).matches(path -> Optional.of(String.join(".", path).repeat(1000))))
          .isEqualTo(chosen);
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}
