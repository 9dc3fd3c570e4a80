package dev.obdbuild.llb;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A filesystem from outside: {@code docker-image://}, {@code local://} and so on.
 *
 * @param attrs options; the names are constants of {@link SourceAttr}
 */
public record SourceOp(String identifier, SortedMap<String, String> attrs) implements Op {

  public SourceOp {
    attrs = Collections.unmodifiableSortedMap(new TreeMap<>(attrs));
  }

  /** A source whose options come in any order. */
  public static SourceOp of(String identifier, Map<String, String> attrs) {
    return new SourceOp(identifier, new TreeMap<>(attrs));
  }

  /** The part of the identifier before {@code ://}; empty if there is none. */
  public String scheme() {
    int end = identifier.indexOf("://");
    return end < 0 ? "" : identifier.substring(0, end);
  }

  /** The part of the identifier after {@code ://}; all of it if there is none. */
  public String location() {
    int end = identifier.indexOf("://");
    return end < 0 ? identifier : identifier.substring(end + 3);
  }
}
