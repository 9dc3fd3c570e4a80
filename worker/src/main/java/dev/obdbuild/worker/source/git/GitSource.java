package dev.obdbuild.worker.source.git;

import dev.obdbuild.llb.SourceAttr;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.worker.source.blob.BlobSource;
import java.io.IOException;
import java.util.Optional;
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
 * @param signatures by whom it must be signed
 * @param bundle what is fetched from instead of the remote
 * @param asBundle whether a bundle is wanted instead of the files
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
    String agent,
    Optional<SignatureRule> signatures,
    Optional<BlobSource> bundle,
    boolean asBundle) {

  /**
   * What a graph's source says.
   *
   * @throws IOException naming the attribute that makes no sense
   */
  public static GitSource of(SourceOp op) throws IOException {
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
    boolean keepGitDir = is(op, SourceAttr.GIT_KEEP_DIR);
    boolean asBundle = is(op, SourceAttr.GIT_CHECKOUT_BUNDLE);
    if (asBundle && keepGitDir) {
      throw new IOException("git.checkoutbundle is incompatible with git.keepgitdir");
    }
    if (asBundle && !exact.subdir().isEmpty()) {
      throw new IOException("git.checkoutbundle is incompatible with git.subdir");
    }
    return new GitSource(
        exact,
        checksum,
        keepGitDir,
        is(op, SourceAttr.GIT_SKIP_SUBMODULES),
        mtime.equals("commit"),
        is(op, SourceAttr.GIT_FETCH_BY_COMMIT),
        text(op, SourceAttr.GIT_AUTH_HEADER_SECRET),
        text(op, SourceAttr.GIT_AUTH_TOKEN_SECRET),
        text(op, SourceAttr.GIT_KNOWN_SSH_HOSTS),
        text(op, SourceAttr.GIT_MOUNT_SSH_SOCK),
        SignatureRule.of(op),
        bundle(op, exact, checksum),
        asBundle);
  }

  /** Without a registry that could be asked, only the commit's name says what is meant. */
  private static Optional<BlobSource> bundle(SourceOp op, GitRemote remote, String checksum)
      throws IOException {
    String locator = text(op, SourceAttr.GIT_BUNDLE);
    if (locator.isEmpty()) {
      return Optional.empty();
    }
    BlobSource blob;
    try {
      blob = BlobSource.of(SourceOp.of(locator, op.attrs()));
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException("failed to parse git.bundle locator: " + e.getMessage(), e);
    }
    if (!blob.digest().algorithm().equals("sha256")) {
      throw new IOException(
          "git.bundle locator \"%s\": digest algorithm \"%s\" not supported, expected \"sha256\""
              .formatted(locator, blob.digest().algorithm()));
    }
    if (checksum.isEmpty()) {
      throw new IOException("git.bundle requires git.checksum to be set");
    }
    if (remote.isCommit() && !remote.ref().startsWith(checksum)) {
      throw new IOException("expected checksum to match " + checksum + ", got " + remote.ref());
    }
    String place = locator.substring(locator.indexOf("://") + 3, locator.lastIndexOf('@'));
    return Optional.of(blob.inLayout() ? blob.inStoreOr(untagged(place)) : blob);
  }

  private static String untagged(String name) {
    int colon = name.lastIndexOf(':');
    return colon > name.lastIndexOf('/') ? name.substring(0, colon) : name;
  }

  private static boolean is(SourceOp op, String attribute) {
    return text(op, attribute).equals("true");
  }

  private static String text(SourceOp op, String attribute) {
    return op.attrs().getOrDefault(attribute, "");
  }

  /**
   * The ref by which a bundle names the commit: what was asked for, though a name alone is taken
   * for a branch.
   */
  public String bundledRef(GitCommit commit) {
    String asked = remote.ref().isEmpty() ? commit.ref() : remote.ref();
    if (GitRemote.isCommit(asked)) {
      return "refs/heads/main";
    }
    if (asked.startsWith("refs/tags/")) {
      return asked;
    }
    return "refs/heads/" + asked.replaceFirst("^refs/", "").replaceFirst("^heads/", "");
  }
}
