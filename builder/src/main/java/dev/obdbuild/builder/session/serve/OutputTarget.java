package dev.obdbuild.builder.session.serve;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;

/** Where the output of one exporter goes on this machine. */
public sealed interface OutputTarget {

  /** A single file or a pipe. */
  non-sealed interface Single extends OutputTarget {

    /**
     * Opens it; closed when all has come.
     *
     * @param metadata what the exporter tells of its output
     * @throws java.nio.file.FileAlreadyExistsException when it must not be written again
     */
    OutputStream open(Map<String, String> metadata) throws IOException;
  }

  /**
   * A folder, made where it is missing.
   *
   * @param mirror whether what the output does not have is deleted from it
   */
  record Folder(Path path, boolean mirror) implements OutputTarget {}
}
