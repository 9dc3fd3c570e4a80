package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;

/** Where base images come from. */
public enum ResolveMode {
  /** The builder's choice. */
  DEFAULT("default"),
  /** Always asks the registry. */
  PULL("pull"),
  /** A local image if there is one. */
  LOCAL("local");

  private final String word;

  ResolveMode(String word) {
    this.word = word;
  }

  /** As it stands in options and in the graph. */
  public String word() {
    return word;
  }

  static ResolveMode parse(String text) throws DockerfileException {
    return switch (text) {
      case "", "default" -> DEFAULT;
      case "pull" -> PULL;
      case "local" -> LOCAL;
      default -> throw new DockerfileException("invalid image-resolve-mode: " + text);
    };
  }
}
