package dev.obdbuild.builder.build;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A cache that a build is to look into or to leave behind.
 *
 * @param type {@code registry}, {@code local}, {@code inline}
 */
public record CacheEntry(String type, SortedMap<String, String> attrs) {
  public CacheEntry {
    attrs = Collections.unmodifiableSortedMap(new TreeMap<>(attrs));
  }
}
