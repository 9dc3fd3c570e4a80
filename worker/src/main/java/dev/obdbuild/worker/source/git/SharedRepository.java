package dev.obdbuild.worker.source.git;

import dev.obdbuild.linux.file.Trees;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.worker.lock.FolderLock;
import dev.obdbuild.worker.source.git.GitProcess.Call;
import dev.obdbuild.worker.source.git.GitProcess.Ended;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was fetched from one remote, locked against all others until it is closed.
 *
 * <pre>
 * HEX/remote   the remote's URL, without password
 * HEX/lock     locked while the repository is in use
 * HEX/repo     the bare repository, only there when it is complete
 * </pre>
 *
 * HEX is the digest of the URL and of the kind of names that objects have.
 */
final class SharedRepository implements AutoCloseable {

  private static final String DEPTH = "--depth=1";

  private final Path repository;
  private final FolderLock.Held lock;
  private final GitProcess git;
  private final GitRemote remote;

  private SharedRepository(
      Path repository, FolderLock.Held lock, GitProcess git, GitRemote remote) {
    this.repository = repository;
    this.lock = lock;
    this.git = git;
    this.remote = remote;
  }

  /**
   * Waits for the repository, which is made when it is not there.
   *
   * @param git knows no remote
   * @param sha256 whether objects have names of 64 digits
   */
  static SharedRepository open(
      GitRepositories all,
      GitRemote remote,
      boolean sha256,
      GitProcess git,
      Cancellation cancellation)
      throws IOException {
    String key = remote.url() + (sha256 ? "\nsha256" : "");
    Path home = all.home(Digest.sha256(key.getBytes(StandardCharsets.UTF_8)).hex());
    Files.createDirectories(home);
    FolderLock.Held lock = all.lock(home).await(true, cancellation);
    boolean opened = false;
    try {
      Path repository = home.resolve("repo");
      if (!Files.isDirectory(repository)) {
        Files.writeString(home.resolve("remote"), remote.shown() + "\n");
        make(home, sha256, git);
      }
      // We hold the lock: whoever left this is dead.
      Files.deleteIfExists(repository.resolve("shallow.lock"));
      opened = true;
      return new SharedRepository(repository, lock, git, remote);
    } finally {
      if (!opened) {
        lock.close();
      }
    }
  }

  private static void make(Path home, boolean sha256, GitProcess git) throws IOException {
    Path fresh = home.resolve("new");
    Trees.remove(fresh);
    List<String> init = new ArrayList<>(List.of("init", "--quiet", "--bare"));
    if (sha256) {
      init.add("--object-format=sha256");
    }
    init.add(fresh.toString());
    var _ = git.run(new Call(home, Map.of(), init));
    Files.move(fresh, home.resolve("repo"));
  }

  Path folder() {
    return repository;
  }

  /** Runs git in the repository. */
  String run(String... arguments) throws IOException {
    return git.run(Call.in(repository, arguments));
  }

  /**
   * The objects that a fetched commit or tag consists of.
   *
   * @throws IOException when it is neither
   */
  GitObjects objects(GitCommit found) throws IOException {
    String object = found.object();
    String type = run("cat-file", "-t", object).strip();
    return switch (type) {
      case "commit" ->
          new GitObjects(
              new GitCommit(found.ref(), object, ""), read("commit", object), Optional.empty());
      case "tag" -> {
        String commit = run("rev-parse", object + "^{commit}").strip();
        yield new GitObjects(
            new GitCommit(found.ref(), object, commit),
            read("commit", commit),
            Optional.of(read("tag", object)));
      }
      default -> throw new IOException("expected commit or tag object, got " + type);
    };
  }

  private byte[] read(String type, String object) throws IOException {
    return git.read(Call.in(repository, "cat-file", type, object));
  }

  private boolean has(String object) throws IOException {
    return git.succeeds(Call.in(repository, "cat-file", "-e", object + "^{commit}"));
  }

  /** Where commits come from. */
  @FunctionalInterface
  interface Origin {
    /** git that knows the remote as {@code origin}. */
    GitProcess open() throws IOException;
  }

  /** Brings the commit's tree here, unless it is here. */
  void fetch(GitCommit commit, Origin origin) throws IOException {
    String object = commit.object();
    if (has(object)) {
      return;
    }
    GitProcess from = origin.open();
    try {
      if (commit.ref().startsWith("refs/")) {
        String kept = Digest.sha256(commit.ref().getBytes(StandardCharsets.UTF_8)).hex();
        fetched(from, "+" + commit.ref() + ":refs/obd/" + kept);
        if (has(object)) {
          return;
        }
        // The ref moved on since it was looked up.
      }
      fetchByName(from, object);
    } catch (IOException e) {
      throw new IOException("failed to fetch remote " + remote.shown() + ": " + e.getMessage(), e);
    }
    if (!has(object)) {
      throw new IOException(
          "fetched ref %s of %s does not match expected commit %s and commit can not be found in the repository"
              .formatted(commit.ref(), remote.shown(), object));
    }
  }

  /** Without what else a server may refuse: not all give every object, nor shallow histories. */
  private void fetchByName(GitProcess from, String object) throws IOException {
    Call call = fetch(DEPTH, "--no-tags", "origin", object);
    Ended ended = from.attempt(call);
    if (ended.code() == 0) {
      return;
    }
    String errors = ended.errors();
    boolean depth = errors.contains("--depth") || errors.contains("shallow");
    boolean unnamed =
        errors.contains("not our ref")
            || errors.contains("unadvertised object")
            || errors.contains("does not allow request");
    if (!depth && !unnamed) {
      throw GitProcess.failed(call, ended);
    }
    List<String> all = new ArrayList<>(List.of("--tags", "--force"));
    if (Files.exists(repository.resolve("shallow"))) {
      all.add("--unshallow");
    }
    all.addAll(List.of("origin", "+refs/heads/*:refs/obd/heads/*"));
    var _ = from.run(fetch(all.toArray(String[]::new)));
  }

  private void fetched(GitProcess from, String spec) throws IOException {
    Call call = fetch(DEPTH, "--no-tags", "origin", spec);
    Ended ended = from.attempt(call);
    boolean depth = ended.errors().contains("--depth") || ended.errors().contains("shallow");
    if (ended.code() != 0 && depth) {
      var _ = from.run(fetch("--no-tags", "origin", spec));
    } else if (ended.code() != 0) {
      throw GitProcess.failed(call, ended);
    }
  }

  /** Brings the commits before it here, too, unless they are here. */
  void fetchHistory(GitCommit commit, Origin origin) throws IOException {
    if (!Files.exists(repository.resolve("shallow"))) {
      return;
    }
    try {
      var _ = origin.open().run(fetch("--unshallow", "--no-tags", "origin", commit.object()));
    } catch (IOException e) {
      throw new IOException("failed to fetch remote " + remote.shown() + ": " + e.getMessage(), e);
    }
  }

  private Call fetch(String... arguments) {
    List<String> all =
        new ArrayList<>(List.of("fetch", "--quiet", "--no-auto-gc", "--no-write-fetch-head"));
    all.addAll(List.of(arguments));
    return new Call(repository, Map.of(), all);
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
