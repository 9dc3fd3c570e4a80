package dev.obdbuild.frontend.plan;

import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import java.io.IOException;
import java.util.Optional;

/**
 * All that a frontend may ask of the world outside. Implementations are thread-safe: base images
 * are resolved at the same time.
 */
public interface Sources {

  /**
   * A file of the folder that holds the Dockerfile, by its path in it; empty if it does not exist.
   * Asked for the Dockerfile, then for the ignore file beside it.
   */
  Optional<byte[]> readDefinition(String path) throws IOException;

  /** A file of the build context, by its path in it; empty if it does not exist. */
  Optional<byte[]> readContext(String path) throws IOException;

  /**
   * What a registry (or a local store, if {@code mode} allows) has under a name.
   *
   * @param reference has a tag or a digest
   * @param platform which image of an index is wanted
   * @throws IOException with a message that says why there is none; it is shown to the user
   */
  ResolvedImage resolveImage(Reference reference, Platform platform, ResolveMode mode)
      throws IOException;
}
