package dev.obdbuild.oci.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.oci.json.MalformedDocumentException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;

/**
 * What a registry, a token server or a file of logins says: understood within bounds, or refused.
 */
@Tag("fuzz")
final class AnswersFuzzTest {

  @FuzzTest(maxDuration = "60s")
  void challenges(byte[] bytes) {
    String header = new String(bytes, UTF_8);
    challenge(header);
    challenge("Bearer realm=\"" + header.repeat(20_000 / (header.length() + 1)) + '"');
  }

  private static void challenge(String header) {
    Optional<Challenge> challenge = Challenge.parse(List.of(header));
    if (challenge.orElse(null) instanceof Challenge.Bearer bearer) {
      assertThat(bearer.realm()).isNotEmpty().hasSizeLessThan(header.length());
    }
  }

  @FuzzTest(maxDuration = "60s")
  void errors(FuzzedDataProvider data) {
    int status = data.consumeInt(300, 599);
    String wait = data.consumeString(40);
    Response response = response(status, "Retry-After", wait, data.consumeRemainingAsBytes());
    response.retryAfter().ifPresent(time -> assertThat(time.isNegative()).isFalse());
    RegistryException error = Failures.of("pull", response);
    assertThat(error).hasMessageStartingWith("pull: ").hasMessageContaining("GET http://r/v2/a");
    assertThat(error.getMessage()).doesNotContainPattern("\\p{Cntrl}").hasSizeLessThan(100_000);
  }

  @FuzzTest(maxDuration = "30s")
  void locations(byte[] bytes) {
    Response response = response(307, "Location", new String(bytes, UTF_8), new byte[0]);
    try {
      URI uri = Transport.location(response);
      assertThat(uri.getScheme()).isIn("http", "https");
      assertThat(uri.getHost()).isNotEmpty();
      assertThat(uri.getPort()).isLessThan(1 << 16);
    } catch (IOException e) {
      assertThat(e).hasMessage("http://r/v2/a answered with a Location that is no URL");
    }
  }

  @FuzzTest(maxDuration = "60s")
  void tokens(byte[] body) throws IOException {
    try {
      Tokens.Token token = Tokens.read(response(200, "Content-Type", "", body));
      assertThat(token.header()).matches("Bearer [\\x21-\\x7e]+");
      assertThat(token.isFresh()).isTrue();
    } catch (MalformedDocumentException e) {
      assertThat(e).hasMessageStartingWith("http://r/v2/a: ");
    }
  }

  @FuzzTest(maxDuration = "60s")
  void logins(byte[] file) throws IOException {
    try {
      RepositoryLogins.find(JsonReader.parse(file, "f"), new Repository("docker.io", "a/b"))
          .ifPresent(login -> assertThat(login.user() + login.identityToken()).isNotEmpty());
    } catch (MalformedDocumentException e) {
      assertThat(e).hasMessageStartingWith("f: ");
    }
  }

  private static Response response(int status, String name, String value, byte[] body) {
    return new Response(
        "GET",
        URI.create("http://r/v2/a?secret"),
        status,
        HttpHeaders.of(Map.of(name, List.of(value)), (n, v) -> true),
        new ByteArrayInputStream(body));
  }
}
