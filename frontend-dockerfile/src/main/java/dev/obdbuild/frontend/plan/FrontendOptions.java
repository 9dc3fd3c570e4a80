package dev.obdbuild.frontend.plan;

import dev.obdbuild.oci.image.Platform;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the user asked for, in the names of BuildKit's frontend options: {@code filename}, {@code
 * target}, {@code platform}, {@code build-arg:NAME}, {@code label:NAME}, {@code no-cache} and so
 * on.
 *
 * @param attributes values by name
 * @param sessionId of whoever holds the context, empty if it needs no name
 * @param workers platforms that can be built here, the default first
 */
public record FrontendOptions(
    Map<String, String> attributes, String sessionId, List<Platform> workers) {

  public FrontendOptions {
    attributes = Collections.unmodifiableMap(new TreeMap<>(attributes));
    workers = List.copyOf(workers);
    if (workers.isEmpty()) {
      throw new IllegalArgumentException("no platform can be built");
    }
  }

  /** Options for a build on this machine without a session. */
  public static FrontendOptions of(Map<String, String> attributes) {
    return new FrontendOptions(attributes, "", List.of(Platform.host()));
  }
}
