package dev.obdbuild.frontend.parse;

import dev.obdbuild.frontend.DockerfileException;
import java.util.List;
import java.util.Optional;

/**
 * A Dockerfile as far as it could be understood.
 *
 * @param file what stands before the failure
 * @param failed the instruction that made no sense, if it is one that failed
 * @param failure why the rest of the file was not read
 */
public record Reading(
    Dockerfile file, Optional<Origin> failed, Optional<DockerfileException> failure) {

  /** The stages of a whole file, which may have none. */
  public List<Stage> stages() throws DockerfileException {
    if (failure.isPresent()) {
      throw failure.get();
    }
    return file.stages();
  }

  /** The whole file, which can be built. */
  public Dockerfile whole() throws DockerfileException {
    if (stages().isEmpty()) {
      throw new DockerfileException("dockerfile contains no stages to build");
    }
    return file;
  }
}
