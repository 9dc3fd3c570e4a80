package dev.obdbuild.worker.file;

import dev.obdbuild.worker.content.FileTree;
import java.io.IOException;

/** Where the names of users and groups are looked up. */
@FunctionalInterface
public interface UserLookup {
  /**
   * The tree whose {@code /etc/passwd} and {@code /etc/group} count.
   *
   * @param input the index that the operation gives
   * @return borrowed: whoever gave the lookup closes it
   */
  FileTree tree(int input) throws IOException;
}
