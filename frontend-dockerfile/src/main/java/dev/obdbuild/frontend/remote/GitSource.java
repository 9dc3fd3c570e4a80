package dev.obdbuild.frontend.remote;

import dev.obdbuild.frontend.ignore.UnixPath;
import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.SourceAttr;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.VertexMetadata;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** A repository as a source under construction. */
public final class GitSource {
  private final GitReference reference;
  private final Map<String, String> attrs = new LinkedHashMap<>();
  private final SortedSet<String> caps = new TreeSet<>(List.of("source.git"));

  /** A source with all that the reference says, except whether the repository itself is kept. */
  public GitSource(GitReference reference) {
    this.reference = reference;
    GitUrl url = reference.url();
    set(SourceAttr.GIT_FULL_URL, url.remote(), "source.git.fullurl");
    attrs.put(SourceAttr.GIT_AUTH_TOKEN_SECRET, "GIT_AUTH_TOKEN");
    attrs.put(SourceAttr.GIT_AUTH_HEADER_SECRET, "GIT_AUTH_HEADER");
    if (url.scheme().equals("ssh")) {
      // Whoever fetches looks up the host's keys: a frontend asks nothing of the network.
      caps.add("source.git.knownsshhosts");
      set(SourceAttr.GIT_MOUNT_SSH_SOCK, "default", "source.git.mountsshsock");
    }
    checksum(reference.checksum());
    if (!reference.submodules().orElse(true)) {
      set(SourceAttr.GIT_SKIP_SUBMODULES, "true", "source.git.skipsubmodules");
    }
    if (reference.fetchByCommit()) {
      set(SourceAttr.GIT_FETCH_BY_COMMIT, "true", "source.git.fetchbycommit");
    }
  }

  private void set(String attr, String value, String cap) {
    attrs.put(attr, value);
    caps.add(cap);
  }

  /** The repository itself comes along with its files. */
  public GitSource keepingGitDir() {
    set(SourceAttr.GIT_KEEP_DIR, "true", "source.git.keepgitdir");
    return this;
  }

  /** What files are dated at: {@code commit}, {@code checkout}, or empty for the usual. */
  public GitSource modificationTime(String policy) {
    if (!policy.isEmpty()) {
      set(SourceAttr.GIT_MTIME, policy, "source.git.mtime");
    }
    return this;
  }

  /** The commit that it must be; empty for any. */
  public GitSource checksum(String commit) {
    if (!commit.isEmpty()) {
      set(SourceAttr.GIT_CHECKSUM, commit, "source.git.checksum");
    }
    return this;
  }

  /** The source, shown as {@code title}. */
  public Node.Out out(String title) {
    GitUrl url = reference.url();
    StringBuilder id =
        new StringBuilder("git://").append(url.host()).append(UnixPath.join("/", url.path()));
    if (!reference.ref().isEmpty() || !reference.folder().isEmpty()) {
      id.append('#').append(reference.ref());
      id.append(reference.folder().isEmpty() ? "" : ":" + reference.folder());
    }
    return Node.of(
            SourceOp.of(id.toString(), attrs),
            List.of(),
            Optional.empty(),
            VertexMetadata.of(Map.of(VertexMetadata.CUSTOM_NAME, title), caps))
        .out();
  }
}
