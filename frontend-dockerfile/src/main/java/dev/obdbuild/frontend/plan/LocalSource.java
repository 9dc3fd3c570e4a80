package dev.obdbuild.frontend.plan;

import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.SourceAttr;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.VertexMetadata;
import dev.obdbuild.oci.json.JsonWriter;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** A folder of the client as a source under construction. */
final class LocalSource {
  private final String name;
  private final Map<String, String> attrs = new LinkedHashMap<>();
  private final SortedSet<String> caps = new TreeSet<>(List.of("source.local"));

  /**
   * @param session of the client, empty if it needs no name
   * @param sharedKeyHint under which transferred files are kept for the next time
   */
  LocalSource(String name, String session, String sharedKeyHint) {
    this.name = name;
    set(SourceAttr.LOCAL_SESSION, session, "source.local.sessionid");
    set(SourceAttr.LOCAL_SHARED_KEY_HINT, sharedKeyHint, "source.local.sharedkeyhint");
  }

  private void set(String attr, String value, String cap) {
    if (!value.isEmpty()) {
      attrs.put(attr, value);
      caps.add(cap);
    }
  }

  LocalSource excluding(Collection<String> patterns) {
    set(SourceAttr.LOCAL_EXCLUDE_PATTERNS, list(patterns), "source.local.excludepatterns");
    return this;
  }

  /** Only these paths are transferred; none is all. */
  LocalSource following(Collection<String> paths) {
    set(SourceAttr.LOCAL_FOLLOW_PATHS, list(paths), "source.local.followpaths");
    return this;
  }

  /** Everything that is asked for is transferred, whether it has changed or not. */
  LocalSource anew() {
    attrs.put(SourceAttr.LOCAL_DIFFER, "none");
    return this;
  }

  private static String list(Collection<String> values) {
    return values.isEmpty() ? "" : JsonWriter.textList(values);
  }

  /** The source, shown as {@code title}. */
  Node.Out out(String title) {
    return Node.of(
            SourceOp.of("local://" + name, attrs),
            List.of(),
            Optional.empty(),
            VertexMetadata.of(Map.of(VertexMetadata.CUSTOM_NAME, title), caps))
        .out();
  }
}
