package dev.obdbuild.oci.image;

/**
 * A place for images: {@code name} on {@code registry}.
 *
 * @param registry {@code host[:port]}; {@code docker.io} for the hub
 * @param name for example {@code library/busybox}
 */
public record Repository(String registry, String name) {
  /**
   * @throws IllegalArgumentException if one of them is empty
   */
  public Repository {
    if (registry.isEmpty() || name.isEmpty()) {
      throw new IllegalArgumentException(
          "a repository needs a registry and a name, got '" + registry + "/" + name + "'");
    }
  }

  /** {@code registry/name}. */
  @Override
  public String toString() {
    return registry + "/" + name;
  }
}
