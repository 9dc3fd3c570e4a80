package dev.obdbuild.builder.daemon;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Repositories below a folder, served on loopback by git's own daemon. */
final class GitDaemon implements AutoCloseable {

  private static final int SECONDS = 30;

  private final Process process;
  private final int port;

  private GitDaemon(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Serves every repository below an existing folder. */
  static GitDaemon serve(Path folder) throws IOException, InterruptedException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    // Not through git itself, which would leave it behind when it is ended.
    String program =
        new String(
                new ProcessBuilder("git", "--exec-path").start().getInputStream().readAllBytes(),
                StandardCharsets.UTF_8)
            .strip();
    Process process =
        new ProcessBuilder(
                program + "/git-daemon",
                "--export-all",
                "--reuseaddr",
                "--listen=127.0.0.1",
                "--port=" + port,
                "--base-path=" + folder,
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("git-daemon.log").toFile())
            .start();
    GitDaemon daemon = new GitDaemon(process, port);
    daemon.awaitListening();
    return daemon;
  }

  private void awaitListening() throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!answers()) {
      if (process.waitFor(20, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
        close();
        throw new IOException("git's daemon does not listen on port " + port);
      }
    }
  }

  private boolean answers() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** The address of a repository. */
  String url(String repository) {
    return "git://127.0.0.1:" + port + "/" + repository;
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    var unused = process.onExit().join();
  }
}
