package dev.obdbuild.worker.source.git;

import dev.obdbuild.worker.source.blob.BlobSource;
import dev.obdbuild.worker.source.git.GitProcess.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A bundle that was unpacked into a repository of its own, which stands for the remote: what it
 * holds is looked at before it gets near what was fetched from the remote itself.
 *
 * @param repository bare; of use until the folder it was made in is deleted
 */
record StagedBundle(Path repository) {

  /** Lets git read files of this host, which it does not otherwise. */
  static final Map<String, String> FROM_DISK = Map.of("GIT_ALLOW_PROTOCOL", "file");

  /**
   * Fetches and unpacks a bundle.
   *
   * @param git knows no remote
   * @param temporary where it goes
   * @param checksum start of the name of a commit that must be in it
   */
  static StagedBundle of(
      BlobSource blob, GitAccess access, GitProcess git, Path temporary, String checksum)
      throws IOException {
    Path file = temporary.resolve("bundle.pack");
    try {
      access.blob(blob, file);
    } catch (IOException e) {
      throw new IOException(
          "failed to fetch git bundle " + blob.identifier() + ": " + e.getMessage(), e);
    }
    Path repository = temporary.resolve("bundle.git");
    boolean sha256 = name(blob, git, temporary, file).length() == 64;
    List<String> init = new ArrayList<>(List.of("init", "--quiet", "--bare"));
    if (sha256) {
      init.add("--object-format=sha256");
    }
    init.add(repository.toString());
    var _ = git.run(new Call(temporary, Map.of(), init));
    var _ =
        git.run(
            new Call(
                repository,
                FROM_DISK,
                List.of("fetch", "--quiet", "--no-auto-gc", file.toString(), "+refs/*:refs/*")));
    Files.delete(file);
    if (!git.succeeds(Call.in(repository, "cat-file", "-e", checksum + "^{commit}"))) {
      throw new IOException("commit " + checksum + " not found in bundle " + blob.identifier());
    }
    // What is asked for by name need not be what a ref points to.
    var _ = git.run(Call.in(repository, "config", "uploadpack.allowAnySHA1InWant", "true"));
    return new StagedBundle(repository);
  }

  /** The name of some object in a bundle. */
  private static String name(BlobSource blob, GitProcess git, Path folder, Path file)
      throws IOException {
    String refs = git.run(new Call(folder, FROM_DISK, List.of("ls-remote", file.toString())));
    String name = refs.split("\t", 2)[0];
    if (!GitRemote.isCommit(name)) {
      throw new IOException(
          "failed to inspect git bundle " + blob.identifier() + ": no refs found");
    }
    return name;
  }

  /** The full name of the commit that a name begins. */
  String commit(GitProcess git, String checksum) throws IOException {
    return git.run(Call.in(repository, "rev-parse", "--verify", "--quiet", checksum + "^{commit}"))
        .strip();
  }

  String url() {
    return "file://" + repository;
  }
}
