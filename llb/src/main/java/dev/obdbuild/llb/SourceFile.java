package dev.obdbuild.llb;

import java.util.Arrays;
import java.util.Optional;

/**
 * A file that vertices were made from, for error excerpts. The array is owned by the record.
 *
 * @param language {@code Dockerfile}, or empty
 * @param origin the graph that it was read from, if that is known
 */
@SuppressWarnings("ArrayRecordComponent")
public record SourceFile(String name, byte[] data, String language, Optional<Graph> origin) {

  /** A file of which nobody knows where it was read from. */
  public SourceFile(String name, byte[] data, String language) {
    this(name, data, language, Optional.empty());
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof SourceFile other
        && name.equals(other.name)
        && Arrays.equals(data, other.data)
        && language.equals(other.language)
        && origin.equals(other.origin);
  }

  @Override
  public int hashCode() {
    return name.hashCode() * 31 + Arrays.hashCode(data);
  }

  @Override
  public String toString() {
    return "SourceFile[" + name + ", " + data.length + " bytes]";
  }
}
