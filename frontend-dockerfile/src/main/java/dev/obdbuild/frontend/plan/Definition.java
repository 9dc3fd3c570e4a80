package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.ignore.IgnoreFile;
import dev.obdbuild.frontend.ignore.UnixPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The files that say what to build.
 *
 * @param excludes the patterns of the ignore file that counts
 */
record Definition(byte[] bytes, String text, List<String> excludes) {
  private static final int MAX_BYTES = 8 << 20;
  private static final String DEFAULT_NAME = "Dockerfile";
  private static final String IGNORE = ".dockerignore";

  static Definition load(BuildConfig config, Sources sources) throws IOException {
    String name = config.filename();
    Optional<byte[]> bytes = sources.readDefinition(name);
    if (bytes.isEmpty() && UnixPath.base(name).equals(DEFAULT_NAME)) {
      bytes =
          sources.readDefinition(
              UnixPath.join(UnixPath.dir(name), DEFAULT_NAME.toLowerCase(Locale.ROOT)));
    }
    if (bytes.isEmpty()) {
      throw new DockerfileException(
          "failed to read dockerfile: open " + name + ": no such file or directory");
    }
    if (bytes.get().length > MAX_BYTES) {
      throw new DockerfileException(
          name + " has " + bytes.get().length + " bytes, allowed are " + MAX_BYTES);
    }
    return new Definition(
        bytes.get(),
        new String(bytes.get(), StandardCharsets.UTF_8),
        excludes(name + IGNORE, sources));
  }

  private static List<String> excludes(String beside, Sources sources) throws IOException {
    Optional<byte[]> own = sources.readDefinition(beside);
    if (own.isPresent()) {
      return IgnoreFile.patterns(own.get(), beside);
    }
    Optional<byte[]> common = sources.readContext(IGNORE);
    return common.isPresent() ? IgnoreFile.patterns(common.get(), IGNORE) : List.of();
  }
}
