package dev.obdbuild.builder.build;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A statement about a part of the result, as a frontend gives it.
 *
 * @param bundle whether {@code path} names a folder of statements rather than one
 * @param ref where the predicate lies
 * @param path of the predicate in it
 * @param predicateType of the in-toto statement
 */
public record ResultAttestation(
    boolean bundle,
    SortedMap<String, byte[]> metadata,
    Optional<Ref> ref,
    String path,
    String predicateType,
    List<Subject> subjects) {

  /**
   * What a statement is about.
   *
   * @param self the part of the result itself
   */
  public record Subject(boolean self, List<String> digests, String name) {
    public Subject {
      digests = List.copyOf(digests);
    }
  }

  public ResultAttestation {
    metadata = Collections.unmodifiableSortedMap(new TreeMap<>(metadata));
    subjects = List.copyOf(subjects);
  }
}
