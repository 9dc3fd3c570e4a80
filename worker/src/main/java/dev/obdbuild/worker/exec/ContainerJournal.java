package dev.obdbuild.worker.exec;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Where a container is written down before it is started, so that a dead process's containers can
 * be swept at the next start.
 */
public interface ContainerJournal {

  /**
   * Records a container that is about to be made.
   *
   * @param runtime the runtime that can delete it
   * @param stateRoot the runtime's state folder
   * @param bundle the bundle folder, to be deleted with it
   * @return to be closed when nothing of the container is left
   */
  Entry intend(OciRuntime runtime, Path stateRoot, Path bundle, String id) throws IOException;

  /** A recorded container. */
  interface Entry extends AutoCloseable {
    @Override
    void close() throws IOException;
  }
}
