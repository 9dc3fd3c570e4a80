package dev.obdbuild.worker.source.local;

import dev.obdbuild.llb.SourceAttr;
import dev.obdbuild.llb.pattern.BadPatternException;
import dev.obdbuild.llb.pattern.PathPatterns;
import dev.obdbuild.worker.content.LocalFilter;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

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

  /** Go's. */
  private static final Set<String> TRUE = Set.of("1", "t", "T", "true", "TRUE", "True");

  private static final Set<String> FALSE = Set.of("0", "f", "F", "false", "FALSE", "False");

  public LocalRequest {
    attrs = Collections.unmodifiableSortedMap(new TreeMap<>(attrs));
  }

  /** A folder of the build's own session, with nothing special. */
  public static LocalRequest of(String name, LocalFilter filter) {
    return new LocalRequest(name, filter, new TreeMap<>(), bytes -> {});
  }

  /** The session whose folder it is, if not the build's own: all of it, or what follows a colon. */
  public Optional<String> session() {
    String said = attrs.getOrDefault(SourceAttr.LOCAL_SESSION, "");
    return said.isEmpty() ? Optional.empty() : Optional.of(said.substring(said.indexOf(':') + 1));
  }

  /** The folder's name as its session knows it: what stands before that colon is in front of it. */
  public String nameInSession() {
    String said = attrs.getOrDefault(SourceAttr.LOCAL_SESSION, "");
    int colon = said.indexOf(':');
    return colon < 0 ? name : said.substring(0, colon) + "-" + name;
  }

  /**
   * Which files are wanted where the others are only to be listed; empty where all are wanted. The
   * list is a file of the folder's root, {@code .fsutil-metadata}, as BuildKit writes it.
   *
   * @throws IOException when the attributes make no sense
   */
  public Optional<PathPatterns> wantedOfListed() throws IOException {
    String said = attrs.getOrDefault(SourceAttr.LOCAL_METADATA_TRANSFER, "false");
    if (!TRUE.contains(said) && !FALSE.contains(said)) {
      throw new IOException(
          "local source %s: invalid value for %s \"%s\""
              .formatted(name, SourceAttr.LOCAL_METADATA_TRANSFER, said));
    }
    if (FALSE.contains(said)) {
      return Optional.empty();
    }
    try {
      return Optional.of(PathPatterns.of(texts(SourceAttr.LOCAL_METADATA_TRANSFER_EXCLUDE)));
    } catch (BadPatternException e) {
      throw new IOException("local source " + name + ": " + e.getMessage(), e);
    }
  }

  /** What an attribute lists in JSON; nothing where it is not there. */
  private List<String> texts(String attribute) throws IOException {
    return texts(attrs, attribute, "local source " + name);
  }

  /**
   * What an attribute lists in JSON; nothing where it is not there.
   *
   * @param what names the source in errors
   */
  public static List<String> texts(Map<String, String> attrs, String attribute, String what)
      throws IOException {
    String text = attrs.getOrDefault(attribute, "");
    if (text.isEmpty()) {
      return List.of();
    }
    try {
      return List.of(JsonMapper.shared().readValue(text, String[].class));
    } catch (JacksonException e) {
      throw new IOException(what + ": attribute " + attribute + " is no list of texts: " + text, e);
    }
  }

  /** Joined with the session's own key, it names the copy kept from the last build. */
  public String sharedKeyHint() {
    return attrs.getOrDefault(SourceAttr.LOCAL_SHARED_KEY_HINT, "");
  }
}
