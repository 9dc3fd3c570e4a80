package dev.obdbuild.builder.daemon;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A server of others, as a child process that listens on a port of loopback. */
final class LoopbackProcess implements AutoCloseable {

  private static final int SECONDS = 30;

  private final Process process;
  private final int port;

  private LoopbackProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** A port that nobody listens on now. */
  static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  /** Starts one, and returns when it listens. */
  static LoopbackProcess start(int port, Path log, String... command)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    LoopbackProcess started = new LoopbackProcess(process, port);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!started.answers()) {
      if (process.waitFor(20, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
        started.close();
        throw new IOException(
            command[0] + " does not listen on port " + port + ": " + Files.readString(log));
      }
    }
    return started;
  }

  private boolean answers() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    var unused = process.onExit().join();
  }
}
