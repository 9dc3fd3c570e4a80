package dev.obdbuild.backstore.device;

import java.nio.file.Path;

/**
 * The files of a writable layer that a later process can go on with.
 *
 * @param data where its bytes are
 * @param journal what was written and discarded
 * @param index where its index will be once it is finished; need not exist
 */
public record TopFiles(Path data, Path journal, Path index) {

  /** The layer once it is finished. */
  public LayerPlace.Raw finished() {
    return new LayerPlace.Raw(data, index);
  }
}
