package dev.obdbuild.llb;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is said of a vertex and does not count for its digest.
 *
 * @param description free texts; {@link #CUSTOM_NAME} is what a display shows
 * @param caps capabilities that whoever carries out the vertex must have
 * @param exportCache whether the result may be exported as cache; empty is undecided
 */
public record VertexMetadata(
    boolean ignoreCache,
    SortedMap<String, String> description,
    SortedSet<String> caps,
    Optional<ProgressGroup> progressGroup,
    Optional<Boolean> exportCache,
    Optional<LinuxResources> resources,
    List<SourceLocation> locations) {

  /** Key of the name that a display shows. */
  public static final String CUSTOM_NAME = "llb.customname";

  /** Key of the Dockerfile line, unexpanded. */
  public static final String COMMAND = "com.docker.dockerfile.v1.command";

  /** Nothing said. */
  public static final VertexMetadata EMPTY =
      new VertexMetadata(
          false,
          new TreeMap<>(),
          new TreeSet<>(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of());

  public VertexMetadata {
    description = Collections.unmodifiableSortedMap(new TreeMap<>(description));
    caps = Collections.unmodifiableSortedSet(new TreeSet<>(caps));
    locations = List.copyOf(locations);
  }

  /** The name that a display shows, empty if none was given. */
  public String customName() {
    return description.getOrDefault(CUSTOM_NAME, "");
  }

  /** Descriptions and capabilities only. */
  public static VertexMetadata of(Map<String, String> description, Iterable<String> caps) {
    SortedSet<String> all = new TreeSet<>();
    caps.forEach(all::add);
    return new VertexMetadata(
        false,
        new TreeMap<>(description),
        all,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  public VertexMetadata withIgnoreCache(boolean ignore) {
    return new VertexMetadata(
        ignore, description, caps, progressGroup, exportCache, resources, locations);
  }

  public VertexMetadata withProgressGroup(ProgressGroup group) {
    return new VertexMetadata(
        ignoreCache, description, caps, Optional.of(group), exportCache, resources, locations);
  }

  public VertexMetadata withResources(Optional<LinuxResources> limits) {
    return new VertexMetadata(
        ignoreCache, description, caps, progressGroup, exportCache, limits, locations);
  }

  public VertexMetadata withLocations(List<SourceLocation> where) {
    return new VertexMetadata(
        ignoreCache, description, caps, progressGroup, exportCache, resources, where);
  }

  /** Both joined for two equal vertices; where they disagree {@code later} wins. */
  public VertexMetadata merge(VertexMetadata later) {
    SortedMap<String, String> texts = new TreeMap<>(description);
    texts.putAll(later.description);
    SortedSet<String> allCaps = new TreeSet<>(caps);
    allCaps.addAll(later.caps);
    List<SourceLocation> places = new ArrayList<>(locations);
    for (SourceLocation place : later.locations) {
      if (!places.contains(place)) {
        places.add(place);
      }
    }
    return new VertexMetadata(
        ignoreCache || later.ignoreCache,
        texts,
        allCaps,
        later.progressGroup.or(() -> progressGroup),
        later.exportCache.or(() -> exportCache),
        later.resources.or(() -> resources),
        places);
  }
}
