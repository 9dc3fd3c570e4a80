package dev.obdbuild.worker.image;

/** Where an image's name is looked up. */
public enum ResolveMode {
  /** In its registry; among the images of the local store when that fails. */
  DEFAULT,
  /** In its registry only. */
  PULL,
  /** Among the images of the local store first. */
  LOCAL;

  /**
   * The mode that an attribute or option spells; empty is the default.
   *
   * @throws IllegalArgumentException naming what is none
   */
  public static ResolveMode parse(String text) {
    return switch (text) {
      case "", "default" -> DEFAULT;
      case "pull" -> PULL;
      case "local" -> LOCAL;
      default -> throw new IllegalArgumentException("invalid resolve mode: " + text);
    };
  }
}
