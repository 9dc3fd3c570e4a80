package dev.obdbuild.builder.export;

import dev.obdbuild.builder.attest.BuilderFacts;
import dev.obdbuild.builder.build.CacheEntry;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is to become of a build's result.
 *
 * @param entries exporters, in the order of their indices
 * @param caches to leave behind
 * @param frontend that the client named; empty for none
 * @param frontendOptions of the build, of which some speak to exporters and of attestations
 * @param facts what every provenance says of the builder
 * @param keep whether images with names are kept in the local store unless told otherwise
 */
public record ExportRequest(
    List<Entry> entries,
    List<CacheEntry> caches,
    String frontend,
    SortedMap<String, String> frontendOptions,
    BuilderFacts facts,
    boolean keep) {

  /**
   * One exporter.
   *
   * @param type {@code image}, {@code oci}, {@code docker}, {@code tar}, {@code local}
   */
  public record Entry(String type, SortedMap<String, String> attrs) {
    public Entry {
      attrs = Collections.unmodifiableSortedMap(new TreeMap<>(attrs));
    }
  }

  public ExportRequest {
    entries = List.copyOf(entries);
    caches = List.copyOf(caches);
    frontendOptions = Collections.unmodifiableSortedMap(new TreeMap<>(frontendOptions));
  }
}
