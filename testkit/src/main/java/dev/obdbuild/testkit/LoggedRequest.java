package dev.obdbuild.testkit;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request that a {@link TestRegistry} saw.
 *
 * @param query without the question mark; empty if there is none
 * @param headers by lower-case name
 * @param redirected whether it came to the port that blobs are redirected to
 */
public record LoggedRequest(
    String method,
    String path,
    String query,
    Map<String, List<String>> headers,
    boolean redirected) {
  /** The first value of a header, by lower-case name. */
  public Optional<String> header(String name) {
    return headers.getOrDefault(name, List.of()).stream().findFirst();
  }

  @Override
  public String toString() {
    return method + " " + path + (query.isEmpty() ? "" : "?" + query);
  }
}
