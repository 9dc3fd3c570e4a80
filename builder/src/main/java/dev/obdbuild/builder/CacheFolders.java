package dev.obdbuild.builder;

import java.nio.file.Path;

/**
 * Where the parts of the state folder lie that the store itself does not know.
 *
 * @param root the state folder
 */
record CacheFolders(Path root) {

  /** Which results are known under which keys. */
  Path results() {
    return root.resolve("cache").resolve("results.db");
  }

  /** Digests of files that have not changed since. */
  Path digests() {
    return root.resolve("cache").resolve("digests");
  }

  /** Digests of what was chosen of whole folders, by their states. */
  Path states() {
    return root.resolve("cache").resolve("states");
  }

  /** Folders of cache mounts. */
  Path mounts() {
    return root.resolve("cache").resolve("mounts");
  }

  /** Copies of clients' folders. */
  Path synced() {
    return root.resolve("local");
  }

  /** Who is attached to networks through CNI. */
  Path cni() {
    return root.resolve("cni");
  }
}
