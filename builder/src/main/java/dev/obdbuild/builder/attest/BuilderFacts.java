package dev.obdbuild.builder.attest;

import dev.obdbuild.oci.json.JsonReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What whoever runs the builder wants every provenance to say of it.
 *
 * @param json values by their keys
 */
public record BuilderFacts(SortedMap<String, String> json) {

  /** Nothing. */
  public static final BuilderFacts NONE = new BuilderFacts(new TreeMap<>());

  /** Keys that the builder itself has something to say to. */
  private static final Set<String> OWN = Set.of("buildConfig", "builderPlatform", "platform");

  private static final String SUFFIX = ".json";

  public BuilderFacts {
    json = Collections.unmodifiableSortedMap(new TreeMap<>(json));
  }

  /**
   * Reads the files of a folder that end in {@code .json}, each an object, by their names: the last
   * one to name a key counts. A folder that is not there says nothing.
   *
   * @throws IOException naming the file that is no object, or the key that may not be used
   */
  public static BuilderFacts load(Path folder) throws IOException {
    SortedMap<String, String> all = new TreeMap<>();
    for (Path file : files(folder)) {
      all.putAll(JsonReader.parse(Files.readAllBytes(file), file.toString()).others());
    }
    for (String key : all.keySet()) {
      if (OWN.contains(key)) {
        throw new IOException(folder + ": the key \"" + key + "\" is the builder's own");
      }
    }
    return new BuilderFacts(all);
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(SUFFIX) && Files.isRegularFile(file))
          .sorted()
          .toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }
}
