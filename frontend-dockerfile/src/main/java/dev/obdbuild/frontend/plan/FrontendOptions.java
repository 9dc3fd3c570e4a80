package dev.obdbuild.frontend.plan;

import dev.obdbuild.llb.Graph;
import dev.obdbuild.oci.image.Platform;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the user asked for, in the names of BuildKit's frontend options: {@code filename}, {@code
 * target}, {@code platform}, {@code build-arg:NAME}, {@code label:NAME}, {@code no-cache} and so
 * on.
 *
 * @param attributes values by name
 * @param inputs filesystems that the client defines itself, by name: {@code context} and {@code
 *     dockerfile} stand in for its folders, others are meant by {@code context:NAME=input:NAME}
 * @param sessionId of whoever holds the context, empty if it needs no name
 * @param worker the platform that is built for where nothing else is said, and built on
 */
public record FrontendOptions(
    Map<String, String> attributes, Map<String, Graph> inputs, String sessionId, Platform worker) {

  public FrontendOptions {
    attributes = Collections.unmodifiableMap(new TreeMap<>(attributes));
    inputs = Collections.unmodifiableMap(new TreeMap<>(inputs));
  }

  /** Options without inputs. */
  public FrontendOptions(Map<String, String> attributes, String sessionId, Platform worker) {
    this(attributes, Map.of(), sessionId, worker);
  }

  /** Options for a build on this machine without a session. */
  public static FrontendOptions of(Map<String, String> attributes) {
    return new FrontendOptions(attributes, "", Platform.host());
  }
}
