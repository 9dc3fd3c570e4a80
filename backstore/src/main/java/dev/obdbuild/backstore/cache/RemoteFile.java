package dev.obdbuild.backstore.cache;

import dev.obdbuild.overlaybd.block.BlockFile;

/** A file that may be read in several places. */
public interface RemoteFile extends BlockFile {

  /** In a word who gave the bytes of the last read. */
  String answeredBy();
}
