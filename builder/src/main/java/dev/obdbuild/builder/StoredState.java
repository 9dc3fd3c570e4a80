package dev.obdbuild.builder;

import dev.obdbuild.snapshots.check.StoreCheck;
import dev.obdbuild.snapshots.check.StoreReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What a state folder keeps, as long as nothing works with it. */
public final class StoredState {

  private StoredState() {}

  /**
   * Checks all of it and puts right what is wrong.
   *
   * @throws IOException when a process has it open, naming it
   */
  public static StoreReport check(Path root) throws IOException {
    return StoreCheck.run(
        root,
        List.of(
            new StoreCheck.Beside(
                new CacheFolders(root).results(), "all steps run again when needed", false),
            new StoreCheck.Beside(
                root.resolve("history.db"), "the records of earlier builds are gone", true)));
  }
}
