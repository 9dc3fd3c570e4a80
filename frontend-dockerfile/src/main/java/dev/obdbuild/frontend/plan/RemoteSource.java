package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import java.util.regex.Pattern;

/** Tells sources of COPY and ADD that are no files of the context. */
final class RemoteSource {
  private static final Pattern GIT =
      Pattern.compile("(git|ssh)://.*|https?://[^?#]*\\.git([?#].*)?|[A-Za-z0-9_.-]+@[^:/\\s]+:.*");

  private RemoteSource() {}

  static boolean isRemote(String source) {
    return isGit(source) || isHttp(source);
  }

  private static boolean isGit(String source) {
    return GIT.matcher(source).matches();
  }

  private static boolean isHttp(String source) {
    return source.startsWith("http://") || source.startsWith("https://");
  }

  /**
   * @throws DockerfileException if {@code source} is not a file
   */
  static void refuse(String source, boolean isAdd) throws DockerfileException {
    if (isGit(source)) {
      throw new DockerfileException(
          isAdd
              ? "ADD from a git repository is not supported yet: " + source
              : "source can't be a git ref for COPY");
    }
    if (isHttp(source)) {
      throw new DockerfileException(
          isAdd
              ? "ADD from a URL is not supported yet: " + source
              : "source can't be a URL for COPY");
    }
  }
}
