package dev.obdbuild.frontend.parse;

import dev.obdbuild.frontend.DockerfileException;
import java.util.Optional;

/**
 * A Dockerfile as far as it could be understood.
 *
 * @param file what stands before the failure; only then may it be without stages
 * @param failed the instruction that made no sense, if it is one that failed
 * @param failure why the rest of the file was not read
 */
public record Reading(
    Dockerfile file, Optional<Origin> failed, Optional<DockerfileException> failure) {

  /** The whole file. */
  public Dockerfile whole() throws DockerfileException {
    if (failure.isPresent()) {
      throw failure.get();
    }
    return file;
  }
}
