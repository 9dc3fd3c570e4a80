package dev.obdbuild.builder.usage;

import dev.obdbuild.builder.filter.Filter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One thing below the state folder.
 *
 * @param id tells it apart from all others
 * @param parents what it stands on and cannot be without
 * @param size bytes that it takes alone
 * @param uses how often it was used, 0 when nobody counts
 * @param inUse somebody works with it now
 * @param shared part of an image that the user keeps
 */
public record UsageItem(
    String id,
    UsageKind kind,
    List<String> parents,
    String description,
    long size,
    Instant created,
    Optional<Instant> lastUsed,
    long uses,
    boolean inUse,
    boolean shared) {

  public UsageItem {
    parents = List.copyOf(parents);
  }

  /** An item without parents that no image has part in. */
  public static UsageItem alone(
      String id, UsageKind kind, String description, long size, Times times, boolean inUse) {
    return new UsageItem(
        id, kind, List.of(), description, size, times.created(), times.lastUsed(), 0, inUse, false);
  }

  /** When a thing came into being and when it was used last, if that is known. */
  public record Times(Instant created, Optional<Instant> lastUsed) {}

  /** The fields that filters ask for, as BuildKit has them. Flags have no value. */
  Filter.Fields fields() {
    return path ->
        switch (path.getFirst()) {
          case "id" -> Optional.of(id);
          case "parents" ->
              Optional.of(String.join(";", parents)).filter(text -> !parents.isEmpty());
          case "description" -> Optional.of(description).filter(text -> !text.isEmpty());
          case "type" -> Optional.of(kind.type());
          case "inuse" -> flag(inUse);
          case "mutable" -> flag(kind.mutable());
          case "immutable" -> flag(!kind.mutable());
          case "shared" -> flag(shared);
          case "private" -> flag(!shared);
          default -> Optional.empty();
        };
  }

  private static Optional<String> flag(boolean set) {
    return set ? Optional.of("") : Optional.empty();
  }
}
