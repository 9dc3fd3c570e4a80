package dev.obdbuild.snapshots.unpack;

import dev.obdbuild.linux.file.Owner;
import java.util.Optional;

/**
 * How an archive is unpacked.
 *
 * @param whiteouts {@code .wh.} names remove what lay there before, and a directory entry replaces
 *     all attributes of a directory that is there already; otherwise such names are plain files
 * @param rootEntry an entry for the root itself ({@code ./}) sets the root's owner, mode and time;
 *     otherwise it is skipped
 * @param owner of everything unpacked, instead of what the archive says
 */
public record UnpackOptions(boolean whiteouts, boolean rootEntry, Optional<Owner> owner) {
  /** A layer of an image. */
  public static final UnpackOptions LAYER = new UnpackOptions(true, false, Optional.empty());

  /** An archive given to ADD; {@code owner} is that of {@code --chown}. */
  public static UnpackOptions archive(Optional<Owner> owner) {
    return new UnpackOptions(false, true, owner);
  }
}
