package dev.obdbuild.worker.source.git;

import dev.obdbuild.llb.SourceAttr;
import dev.obdbuild.llb.SourceOp;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

/**
 * A tree that a build asks a git repository for.
 *
 * @param checksum start of the commit's name that the ref must stand for; may be empty
 * @param keepGitDir whether the tree has its {@code .git}
 * @param commitTimes whether files get the time of the commit instead of that of the checkout
 * @param fetchByCommit whether the ref is not looked up: the checksum is the commit
 * @param authHeaderSecret name of the secret that is the Authorization header; may be empty
 * @param authTokenSecret name of the secret that is a token; may be empty
 * @param knownHosts lines of a known_hosts file; may be empty
 * @param agent id of the SSH agent to use; may be empty
 */
public record GitSource(
    GitRemote remote,
    String checksum,
    boolean keepGitDir,
    boolean skipSubmodules,
    boolean commitTimes,
    boolean fetchByCommit,
    String authHeaderSecret,
    String authTokenSecret,
    String knownHosts,
    String agent) {

  private static final Set<String> REFUSED =
      Set.of(SourceAttr.GIT_BUNDLE, SourceAttr.GIT_CHECKOUT_BUNDLE);

  /**
   * What a graph's source says.
   *
   * @throws IOException naming the attribute that makes no sense or is not supported
   */
  public static GitSource of(SourceOp op) throws IOException {
    for (Map.Entry<String, String> attr : op.attrs().entrySet()) {
      String name = attr.getKey();
      if (REFUSED.contains(name) || name.startsWith(SourceAttr.GIT_SIG_PREFIX)) {
        throw new IOException(
            GitRemote.redacted(op.identifier())
                + ": attribute "
                + name
                + " is not supported by this builder");
      }
    }
    GitRemote remote = GitRemote.parse(op.location());
    String full = text(op, SourceAttr.GIT_FULL_URL);
    GitRemote exact = full.isEmpty() ? remote : remote.withUrl(full);
    String checksum = text(op, SourceAttr.GIT_CHECKSUM);
    if (!checksum.matches("[a-fA-F0-9]*")) {
      throw new IOException(
          "invalid checksum "
              + checksum
              + " for Git URL "
              + exact.shown()
              + ", expected hex commit hash");
    }
    String mtime = text(op, SourceAttr.GIT_MTIME);
    if (!Set.of("", "checkout", "commit").contains(mtime)) {
      throw new IOException(
          exact.shown() + ": attribute " + SourceAttr.GIT_MTIME + " is invalid: " + mtime);
    }
    return new GitSource(
        exact,
        checksum,
        text(op, SourceAttr.GIT_KEEP_DIR).equals("true"),
        text(op, SourceAttr.GIT_SKIP_SUBMODULES).equals("true"),
        mtime.equals("commit"),
        text(op, SourceAttr.GIT_FETCH_BY_COMMIT).equals("true"),
        text(op, SourceAttr.GIT_AUTH_HEADER_SECRET),
        text(op, SourceAttr.GIT_AUTH_TOKEN_SECRET),
        text(op, SourceAttr.GIT_KNOWN_SSH_HOSTS),
        text(op, SourceAttr.GIT_MOUNT_SSH_SOCK));
  }

  private static String text(SourceOp op, String attribute) {
    return op.attrs().getOrDefault(attribute, "");
  }
}
