package dev.obdbuild.builder.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Repositories below a folder, served on loopback by git's own daemon. */
final class GitDaemon implements AutoCloseable {

  private final LoopbackProcess process;

  private GitDaemon(LoopbackProcess process) {
    this.process = process;
  }

  /** Serves every repository below an existing folder. */
  static GitDaemon serve(Path folder) throws IOException, InterruptedException {
    // Not through git itself, which would leave it behind when it is ended.
    String program =
        new String(
                new ProcessBuilder("git", "--exec-path").start().getInputStream().readAllBytes(),
                StandardCharsets.UTF_8)
            .strip();
    int port = LoopbackProcess.freePort();
    return new GitDaemon(
        LoopbackProcess.start(
            port,
            folder.resolve("git-daemon.log"),
            program + "/git-daemon",
            "--export-all",
            "--reuseaddr",
            "--listen=127.0.0.1",
            "--port=" + port,
            "--base-path=" + folder,
            folder.toString()));
  }

  /** The address of a repository. */
  String url(String repository) {
    return "git://127.0.0.1:" + process.port() + "/" + repository;
  }

  @Override
  public void close() {
    process.close();
  }
}
