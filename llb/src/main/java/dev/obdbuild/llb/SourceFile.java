package dev.obdbuild.llb;

import java.util.Arrays;

/**
 * A file that vertices were made from, for error excerpts. The array is owned by the record.
 *
 * @param language {@code Dockerfile}, or empty
 */
@SuppressWarnings("ArrayRecordComponent")
public record SourceFile(String name, byte[] data, String language) {

  @Override
  public boolean equals(Object o) {
    return o instanceof SourceFile other
        && name.equals(other.name)
        && Arrays.equals(data, other.data)
        && language.equals(other.language);
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
