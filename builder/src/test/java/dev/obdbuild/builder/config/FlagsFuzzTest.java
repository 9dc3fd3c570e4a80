package dev.obdbuild.builder.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;

/** Any text as a flag's value: understood by each flag, or refused in words. */
@Tag("fuzz")
final class FlagsFuzzTest {

  @FuzzTest(maxDuration = "120s")
  void values(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    reads(text, value -> assertThat(OutputSpec.parse(value).type()).isNotEmpty());
    reads(
        text,
        value ->
            assertThat(CacheSpec.parse("--cache-to", value))
                .isNotEmpty()
                .noneMatch(spec -> spec.attrs().containsKey("type")));
    reads(text, value -> assertThat(SecretSpec.parse(value).id()).isNotEmpty());
    reads(
        text,
        value -> {
          AttestSpec spec = AttestSpec.parse(value);
          String again = "type=" + spec.type() + ",disabled=" + spec.disabled();
          if (!spec.type().matches("(?s).*[,\"].*")) {
            assertThat(
                    AttestSpec.parse(
                        again + (spec.parameters().isEmpty() ? "" : "," + spec.parameters())))
                .isEqualTo(spec);
          }
        });
    reads(
        text,
        value ->
            assertThat(AnnotationSpec.parse(value))
                .isNotEmpty()
                .allMatch(spec -> spec.attribute().startsWith("annotation")));
    reads(
        text,
        value -> {
          Ulimit limit = Ulimit.parse(value);
          assertThat(Ulimit.parse(limit.toString())).isEqualTo(limit);
        });
    reads(text, value -> assertThat(ByteSize.parse(value)).isNotNegative());
    reads(text, value -> assertThat(Durations.parse(value).isNegative()).isFalse());
    reads(text, value -> assertThat(NamedContext.parse(value)).isNotNull());
    reads(text, value -> assertThat(ExtraHost.parse(value)).isNotNull());
    reads(text, value -> assertThat(CallSpec.parse(value)).isNotNull());
    reads(text, value -> assertThat(LogLevel.parse(value)).isNotNull());
  }

  private static void reads(String text, Consumer<String> parser) {
    try {
      parser.accept(text);
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}
