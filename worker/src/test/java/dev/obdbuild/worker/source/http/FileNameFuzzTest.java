package dev.obdbuild.worker.source.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Tag;

/** Whatever a server says in Content-Disposition, a file's name is one component. */
@Tag("fuzz")
final class FileNameFuzzTest {

  @FuzzTest(maxDuration = "60s")
  void dispositions(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    name(text);
    name("x;filename=\"" + text.repeat(20_000 / (text.length() + 1)) + '"');
  }

  private static void name(String disposition) {
    String name = FileName.of("", Optional.of(disposition), URI.create("http://h/a/b"));
    assertThat(name).isNotEmpty().isNotIn(".", "..").doesNotContain("/", "\0", "\n");
  }
}
