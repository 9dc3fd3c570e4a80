package dev.obdbuild.builder;

import dev.obdbuild.builder.config.BuildOptions;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Where a build's Dockerfile lies.
 *
 * @param folder absolute
 * @param name of the file in it
 */
record DockerfilePlace(Path folder, String name) {

  private static final String DEFAULT = "Dockerfile";

  static DockerfilePlace of(BuildOptions options) throws IOException {
    Path file = options.dockerfile().orElse(options.context().resolve(DEFAULT));
    Path absolute = file.toAbsolutePath().normalize();
    Path folder = absolute.getParent();
    if (folder == null) {
      throw new IOException(file + " is not a file");
    }
    return new DockerfilePlace(folder, String.valueOf(absolute.getFileName()));
  }
}
