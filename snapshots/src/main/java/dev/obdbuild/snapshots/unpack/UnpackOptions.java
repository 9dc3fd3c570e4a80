package dev.obdbuild.snapshots.unpack;

import dev.obdbuild.linux.file.Owner;
import java.util.Optional;

/**
 * How an archive is unpacked.
 *
 * @param whiteouts {@code .wh.} names remove what lay there before, and a directory entry replaces
 *     all attributes of a directory that is there already; otherwise such names are plain files
 * @param owner of everything unpacked, instead of what the archive says
 */
public record UnpackOptions(boolean whiteouts, Optional<Owner> owner) {
  /** A layer of an image. */
  public static final UnpackOptions LAYER = new UnpackOptions(true, Optional.empty());

  /** An archive given to ADD; {@code owner} is that of {@code --chown}. */
  public static UnpackOptions archive(Optional<Owner> owner) {
    return new UnpackOptions(false, owner);
  }
}
