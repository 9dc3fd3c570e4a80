package dev.obdbuild.pusher.tree;

import dev.obdbuild.oci.tar.TarEntry;
import java.io.IOException;
import java.io.InputStream;

/** Files in folders. */
@FunctionalInterface
public interface ExportTree {

  /**
   * Shows every entry but the root: a folder before what is in it, a file before hard links to it.
   * Names are relative, those of folders end in a slash; targets of hard links are names.
   */
  void walk(Visitor visitor) throws IOException;

  /** Is shown the entries. */
  @FunctionalInterface
  interface Visitor {

    /**
     * One entry.
     *
     * @param content good for the time of the call; opened only for files
     */
    void entry(TarEntry entry, Content content) throws IOException;
  }

  /** Bytes of a file: as many as its entry says. */
  @FunctionalInterface
  interface Content {
    InputStream open() throws IOException;
  }
}
