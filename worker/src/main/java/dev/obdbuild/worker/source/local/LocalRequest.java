package dev.obdbuild.worker.source.local;

import dev.obdbuild.worker.content.LocalFilter;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * A folder that a build asks its caller for.
 *
 * @param name as in {@code local://NAME}: {@code context}, {@code dockerfile}
 * @param filter what the build wants of it
 * @param attrs all attributes of the source, by the names of {@link dev.obdbuild.llb.SourceAttr}
 * @param transferred told bytes as they come over a wire; from any thread
 */
public record LocalRequest(
    String name, LocalFilter filter, SortedMap<String, String> attrs, LongConsumer transferred) {

  public LocalRequest {
    attrs = Collections.unmodifiableSortedMap(new TreeMap<>(attrs));
  }

  /** A folder of the build's own session, with nothing special. */
  public static LocalRequest of(String name, LocalFilter filter) {
    return new LocalRequest(name, filter, new TreeMap<>(), bytes -> {});
  }

  /** The session whose folder it is, if not the build's own. */
  public Optional<String> session() {
    return Optional.ofNullable(attrs.get("local.session")).filter(id -> !id.isEmpty());
  }

  /** Joined with the session's own key, it names the copy kept from the last build. */
  public String sharedKeyHint() {
    return attrs.getOrDefault("local.sharedkeyhint", "");
  }
}
