package dev.obdbuild.frontend.remote;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.ignore.UnixPath;
import java.util.Optional;

/**
 * A folder of a repository at some commit, as users write it: {@code https://host/a.git#ref:folder}
 * or with a query.
 *
 * @param url without user's options
 * @param ref commit, tag or branch; empty for the default branch
 * @param checksum the commit that {@code ref} must be, or empty
 * @param folder inside the repository, relative, empty for all of it
 * @param modificationTime {@code commit}, {@code checkout} or empty
 * @param local whether it could as well be a path: {@code github.com/...} without a scheme
 */
public record GitReference(
    GitUrl url,
    String ref,
    String checksum,
    String folder,
    Optional<Boolean> keepGitDir,
    Optional<Boolean> submodules,
    String modificationTime,
    boolean fetchByCommit,
    boolean local) {

  /**
   * The reference that {@code text} spells; empty if it spells none.
   *
   * @throws DockerfileException if it is a repository's address with options that make no sense
   */
  public static Optional<GitReference> parse(String text) throws DockerfileException {
    if (text.startsWith("./") || text.startsWith("../")) {
      return Optional.empty();
    }
    boolean local = text.startsWith("github.com/");
    Optional<GitUrl> parsed = GitUrl.parse(local ? "https://" + text : text);
    if (parsed.isEmpty()) {
      return Optional.empty();
    }
    GitUrl url = parsed.get();
    if (!local && url.scheme().startsWith("http") && !url.path().endsWith(".git")) {
      return Optional.empty();
    }
    String[] fragment = url.fragment().split(":", 2);
    String folder = fragment.length < 2 ? "" : UnixPath.clean("/" + fragment[1]).substring(1);
    GitQuery query = new GitQuery(fragment[0], folder);
    query.read(url.query());
    return Optional.of(
        new GitReference(
            url,
            query.ref(),
            query.checksum(),
            query.folder(),
            query.keepGitDir(),
            query.submodules(),
            query.modificationTime(),
            query.fetchByCommit(),
            local));
  }
}
