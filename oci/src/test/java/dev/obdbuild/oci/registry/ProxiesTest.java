package dev.obdbuild.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Proxy;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProxiesTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "HTTP_PROXY", "plain.example:3128",
          "https_proxy", "http://tls.example:8080/",
          "NO_PROXY", "here.example, .inside.example,*.cluster,10.0.0.7:5000");

  @ParameterizedTest
  @CsvSource({
    "http://far.example/v2/, plain.example:3128",
    "https://far.example/v2/, tls.example:8080",
    "https://here.example/v2/, ''",
    "https://a.here.example/v2/, ''",
    "https://nothere.example/v2/, tls.example:8080",
    "https://a.inside.example/v2/, ''",
    "https://registry.cluster/v2/, ''",
    "http://10.0.0.7:5000/v2/, ''",
    "http://10.0.0.7:5001/v2/, plain.example:3128",
    "http://127.0.0.1:5000/v2/, ''",
    "https://localhost/v2/, ''",
  })
  void theEnvironmentSaysWhichProxy(URI uri, String proxy) {
    var chosen = Proxies.of(ENVIRONMENT).select(uri).getFirst().address();
    assertThat(String.valueOf(chosen).replace("null", "").replace("/<unresolved>", ""))
        .isEqualTo(proxy);
  }

  @ParameterizedTest
  @CsvSource({"''", "'http://'", "'::'"})
  void withoutAnAddressThereIsNoProxy(String text) {
    assertThat(Proxies.of(Map.of("HTTP_PROXY", text)).select(URI.create("http://a/")).getFirst())
        .isEqualTo(Proxy.NO_PROXY);
  }
}
