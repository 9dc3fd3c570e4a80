package dev.obdbuild.llb;

import dev.obdbuild.oci.image.Platform;
import java.io.IOException;
import java.util.Optional;

/** Says what stands in the place of a source. */
@FunctionalInterface
public interface SourceChange {

  /**
   * The source to use; {@code source} itself if it may stay.
   *
   * @param platform that it is for, if the graph says so
   * @throws IOException when nothing may be used in its place
   */
  SourceOp of(SourceOp source, Optional<Platform> platform) throws IOException;
}
