package dev.obdbuild.builder.session.sync;

import dev.obdbuild.llb.pattern.PathPatterns;
import java.util.Optional;

/**
 * What of a folder is transferred.
 *
 * @param compare whether files that are the same by size, mode, owner and time are taken from the
 *     last copy
 * @param wantedOfListed when there, the files are only listed, in a file of the root, and those
 *     that the patterns choose are transferred
 */
public record TransferWish(boolean compare, Optional<PathPatterns> wantedOfListed) {

  /** Whether the copy is the folder, so that a state of the one is a state of the other. */
  public boolean isPlain() {
    return compare && wantedOfListed.isEmpty();
  }
}
