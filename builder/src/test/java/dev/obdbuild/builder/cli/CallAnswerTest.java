package dev.obdbuild.builder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.builder.config.CallSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class CallAnswerTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

  private int check(String location) throws IOException {
    String data =
        Base64.getEncoder()
            .encodeToString("FROM scratch\nRUNN x\n".getBytes(StandardCharsets.UTF_8));
    String json =
        "{\"warnings\":null,\"sources\":[{\"filename\":\"D\",\"data\":\""
            + data
            + "\"}],\"buildError\":{\"message\":\"unknown\",\"location\":"
            + location
            + "}}";
    Map<String, String> answer =
        Map.of("result.json", json, "result.txt", "", "result.statuscode", "1");
    TreeMap<String, byte[]> bytes = new TreeMap<>();
    answer.forEach((key, value) -> bytes.put(key, value.getBytes(StandardCharsets.UTF_8)));
    return new CallAnswer(new CallSpec("lint", false, false), bytes)
        .print(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(errors, true, StandardCharsets.UTF_8));
  }

  @Test
  void whatCannotBeBuiltIsShownWithItsPlace() throws IOException {
    assertThat(check("{\"ranges\":[{\"start\":{\"line\":2},\"end\":{\"line\":2}}]}")).isEqualTo(1);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(errors.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            """
            error: unknown
            D:2
            --------------------
               1 |     FROM scratch
               2 | >>> RUNN x
               3 |    \s
            --------------------
            """);
  }

  @Test
  void anErrorWithoutPlaceIsShownAlone() throws IOException {
    for (String location :
        new String[] {"{}", "{\"ranges\":[{}]}", "{\"ranges\":[{}],\"sourceIndex\":9}"}) {
      errors.reset();
      assertThat(check(location)).isEqualTo(1);
      assertThat(errors.toString(StandardCharsets.UTF_8)).isEqualTo("error: unknown\n");
    }
  }
}
