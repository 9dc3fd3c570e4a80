package dev.obdbuild.worker;

import dev.obdbuild.linux.file.Trees;
import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.snapshots.ActiveSnapshot;
import dev.obdbuild.solver.CacheMap;
import dev.obdbuild.solver.Op;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.worker.WorkerResult.SnapshotResult;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.MountedTree;
import dev.obdbuild.worker.file.MergeTree;
import dev.obdbuild.worker.source.blob.BlobSource;
import dev.obdbuild.worker.source.git.GitAccess;
import dev.obdbuild.worker.source.git.GitCommit;
import dev.obdbuild.worker.source.git.GitObjects;
import dev.obdbuild.worker.source.git.GitSession;
import dev.obdbuild.worker.source.git.GitSource;
import dev.obdbuild.worker.source.git.GitTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A tree of a git repository. Its key is the commit that the ref stands for. */
final class GitStep implements Op<WorkerResult> {

  private static final int SOCKET_PERMISSIONS = 0600;

  /** BuildKit's. */
  private static final Set<PosixFilePermission> BUNDLE =
      PosixFilePermissions.fromString("rw-rw-rw-");

  private final Workspace workspace;
  private final SourceOp op;
  private final GitSource source;
  private @Nullable GitCommit resolved;

  GitStep(Workspace workspace, SourceOp op) throws IOException {
    this.workspace = workspace;
    this.op = op;
    this.source = GitSource.of(op);
  }

  @Override
  public CacheMap<WorkerResult> cacheMap(OpContext context) throws IOException {
    GitCommit commit = resolve(context);
    resolved = commit;
    workspace.sources().put(op, commit.object());
    // A tag's own name is part of a tree that has its .git; else only the commit counts.
    OpKey key =
        new OpKey("git", 1)
            .add("commit", source.keepGitDir() ? commit.object() : commit.commit())
            .add("subdir", source.remote().subdir())
            .add("submodules", !source.skipSubmodules())
            .add("commit times", source.commitTimes());
    if (source.asBundle()) {
      key.add("bundle", source.bundledRef(commit));
    }
    if (source.keepGitDir()) {
      key.add("ref", commit.ref()).add("remote", source.remote().shown());
    }
    return CacheMap.of(key.digest(), List.of());
  }

  /** What the source's ref stands for now. */
  GitCommit resolve(OpContext context) throws IOException {
    Path temporary = workspace.snapshots().temporaryDirectory();
    try (GitSession git = session(temporary, context)) {
      return git.resolve();
    } finally {
      Trees.remove(temporary);
    }
  }

  /** The same, with the objects themselves. */
  GitObjects objects(OpContext context) throws IOException {
    Path temporary = workspace.snapshots().temporaryDirectory();
    try (GitSession git = session(temporary, context)) {
      return git.objects();
    } finally {
      Trees.remove(temporary);
    }
  }

  private GitSession session(Path temporary, OpContext context) throws IOException {
    return GitSession.open(
        source,
        new GitSession.Places(workspace.tools().repositories(), temporary),
        new Access(workspace, context),
        context.progress(),
        context.cancellation());
  }

  private record Access(Workspace workspace, OpContext context) implements GitAccess {
    @Override
    public Optional<byte[]> secret(String id) throws IOException {
      return workspace.session().secrets().get(id);
    }

    @Override
    public void blob(BlobSource blob, Path target) throws IOException {
      new BlobFetch(workspace, context).fetch(blob, target);
    }

    @Override
    public Agent agent(String id) throws IOException {
      if (!workspace.session().ssh().has(id)) {
        throw new IOException("no SSH key \"" + id + "\" forwarded from the client");
      }
      return new Socket(
          SshSocket.open(
              workspace,
              new ExecMount.Ssh(id, 0, 0, SOCKET_PERMISSIONS, false),
              trouble -> context.progress().log(2, trouble.getBytes(StandardCharsets.UTF_8))));
    }
  }

  private record Socket(SshSocket served) implements GitAccess.Agent {
    @Override
    public Path socket() {
      return served.path();
    }

    @Override
    public void close() throws IOException {
      served.close();
    }
  }

  @Override
  public List<WorkerResult> exec(OpContext context, List<WorkerResult> inputs) throws IOException {
    GitCommit commit = resolved;
    if (commit == null) {
      throw new IllegalStateException("the commit is resolved with its key");
    }
    Path temporary = workspace.snapshots().temporaryDirectory();
    try (GitSession git = session(temporary, context);
        ActiveSnapshot active = workspace.prepare(Optional.empty(), context, "git")) {
      String subdir = source.remote().subdir();
      Path tree =
          subdir.isEmpty() ? active.path() : Files.createDirectory(temporary.resolve("tree"));
      Instant time = git.checkout(commit, tree);
      workspace
          .snapshots()
          .mountThreads()
          .call(
              () -> {
                GitTree.finish(
                    tree,
                    !git.keepsGitDir() && !source.skipSubmodules() && !source.asBundle(),
                    source.commitTimes() ? Optional.of(time) : Optional.empty());
                if (source.asBundle()) {
                  Files.setPosixFilePermissions(tree.resolve("bundle"), BUNDLE);
                }
                if (!subdir.isEmpty()) {
                  copy(GitTree.subdir(tree, subdir), active.path());
                }
                return true;
              });
      context.cancellation().throwIfCancelled();
      return List.of(
          new SnapshotResult(
              active.commit("git snapshot for " + source.remote().shown() + "#" + commit.ref())));
    } finally {
      Trees.remove(temporary);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (FileTree tree = MountedTree.open(from, "git")) {
      var _ = MergeTree.apply(tree, to);
    }
  }
}
