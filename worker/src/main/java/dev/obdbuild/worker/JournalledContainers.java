package dev.obdbuild.worker;

import dev.obdbuild.snapshots.sweep.Resource;
import dev.obdbuild.snapshots.sweep.ResourceJournal;
import dev.obdbuild.worker.exec.ContainerJournal;
import dev.obdbuild.worker.exec.OciRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Writes containers into the store's journal, so that the next start deletes those of a dead
 * process.
 */
public final class JournalledContainers implements ContainerJournal {

  private final ResourceJournal journal;

  public JournalledContainers(ResourceJournal journal) {
    this.journal = journal;
  }

  @Override
  public Entry intend(OciRuntime runtime, Path stateRoot, Path bundle, String id)
      throws IOException {
    ResourceJournal.Entry folder = journal.record(new Resource.Temporary(bundle));
    boolean recorded = false;
    try {
      ResourceJournal.Entry container =
          journal.record(
              new Resource.Container(runtime.binary().toString(), stateRoot, id, Optional.empty()));
      recorded = true;
      return () -> {
        try (folder) {
          container.close();
        }
      };
    } finally {
      if (!recorded) {
        folder.close();
      }
    }
  }
}
