package dev.obdbuild.worker.source.git;

import dev.obdbuild.worker.source.git.GitProcess.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Writes a commit's files into a folder, as child processes: the folder may be on a device that
 * this process serves.
 *
 * @param from where the commit is
 * @param git knows no remote
 * @param submodules whether they are fetched too
 */
record GitCheckout(
    SharedRepository from, GitProcess git, GitRemote remote, GitCommit commit, boolean submodules) {

  /**
   * Files without their {@code .git}.
   *
   * @param meta where the checkout's own repository goes, of use until the caller deletes it
   */
  void plain(Path workTree, Path meta) throws IOException {
    init(meta, "--bare");
    borrow(meta);
    origin(meta);
    String[] where = {"--git-dir=" + meta, "--work-tree=" + workTree};
    run(workTree, where, "update-ref", "--no-deref", "HEAD", peeled());
    run(workTree, where, "read-tree", peeled());
    run(workTree, where, "checkout-index", "--all", "--force", "--quiet");
    submodules(workTree, where);
  }

  /**
   * Files with their {@code .git}: the one commit, named as it was asked for, and the remote,
   * without password.
   */
  void whole(Path workTree) throws IOException {
    init(workTree);
    boolean named = commit.ref().startsWith("refs/");
    List<String> fetch =
        List.of(
            "fetch",
            "--quiet",
            "--update-head-ok",
            "--depth=1",
            "--no-tags",
            "--no-auto-gc",
            "--no-write-fetch-head",
            "file://" + from.folder(),
            commit.object() + (named ? ":" + commit.ref() : ""));
    // The file protocol instead of a path: no hard links to, nor surprises from, our repository.
    var _ = git.run(new Call(workTree, Map.of("GIT_ALLOW_PROTOCOL", "file"), fetch));
    String[] here = {};
    run(workTree, here, "checkout", "--quiet", "--detach", commit.object());
    run(workTree, here, "remote", "add", "origin", remote.shown());
    submodules(workTree, here);
  }

  /**
   * A bundle of the commit and all before it, without submodules.
   *
   * @param folder may be on a device that this process serves
   * @param name of the file that is made in it
   * @param ref what the bundle calls the commit
   * @param temporary where git works until the caller deletes it
   */
  void bundle(Path folder, String name, String ref, Path temporary) throws IOException {
    Path meta = temporary.resolve("bundled.git");
    init(meta, "--bare");
    borrow(meta);
    // No branch can be a tag's object.
    String target = ref.startsWith("refs/tags/") ? commit.object() : peeled();
    String[] where = {"--git-dir=" + meta};
    run(temporary, where, "update-ref", ref, target);
    run(folder, where, "bundle", "create", "--quiet", folder.resolve(name).toString(), ref);
  }

  private void init(Path folder, String... more) throws IOException {
    List<String> init = new ArrayList<>(List.of("init", "--quiet"));
    init.addAll(List.of(more));
    if (commit.object().length() == 64) {
      init.add("--object-format=sha256");
    }
    init.add(folder.toString());
    var _ = git.run(new Call(from.folder(), Map.of(), init));
  }

  /** Lets a repository read the objects of the shared one. */
  private void borrow(Path meta) throws IOException {
    Files.writeString(
        meta.resolve("objects/info/alternates"), from.folder().resolve("objects") + "\n");
    Path shallow = from.folder().resolve("shallow");
    if (Files.exists(shallow)) {
      Files.copy(shallow, meta.resolve("shallow"), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Submodules with relative URLs need it; written by us, since an argument could be seen. */
  private void origin(Path meta) throws IOException {
    Files.writeString(
        meta.resolve("config"),
        "[remote \"origin\"]\n\turl = " + quoted(remote.url()) + "\n",
        StandardOpenOption.APPEND);
  }

  private static String quoted(String value) {
    return "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private String peeled() {
    return commit.object() + "^{commit}";
  }

  private void run(Path folder, String[] where, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of(where));
    all.addAll(List.of(arguments));
    var _ = git.run(new Call(folder, Map.of(), all));
  }

  private void submodules(Path workTree, String[] where) throws IOException {
    Call has = Call.in(from.folder(), "cat-file", "-e", peeled() + ":.gitmodules");
    if (!submodules || !git.succeeds(has)) {
      return;
    }
    try {
      run(workTree, where, "submodule", "--quiet", "update", "--init", "--recursive", "--depth=1");
    } catch (IOException e) {
      throw new IOException(
          "failed to update submodules for " + remote.shown() + ": " + e.getMessage(), e);
    }
  }
}
