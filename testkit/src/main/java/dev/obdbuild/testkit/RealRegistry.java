package dev.obdbuild.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Debian's {@code docker-registry} on a free loopback port, its data in a folder of the test. The
 * test is annotated {@code @NeedsTool("docker-registry")}.
 */
public final class RealRegistry implements AutoCloseable {
  private static final int START_SECONDS = 20;

  private final Process process;
  private final int port;

  private RealRegistry(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts one; {@code folder} exists and outlives it. */
  public static RealRegistry start(Path folder) throws IOException, InterruptedException {
    return start(folder, "");
  }

  /** Starts one that shows a certificate. */
  public static RealRegistry start(Path folder, TestIdentity identity, String name)
      throws IOException, InterruptedException {
    return start(folder, tls(identity, name));
  }

  /** Starts one that shows a certificate and lets in only who shows one that {@code ca} signed. */
  public static RealRegistry start(Path folder, TestIdentity identity, String name, Path ca)
      throws IOException, InterruptedException {
    return start(folder, tls(identity, name) + "    clientcas:\n      - " + ca + "\n");
  }

  private static String tls(TestIdentity identity, String name) {
    return """
        tls:
          certificate: %s
          key: %s
      """
        .formatted(identity.file(name + ".crt"), identity.file(name + ".key"));
  }

  /**
   * Starts one with more configuration.
   *
   * @param more lines behind those of the section {@code http}: more of it if they are indented
   */
  public static RealRegistry start(Path folder, String more)
      throws IOException, InterruptedException {
    int port = freePort();
    Path config = folder.resolve("registry.yml");
    Files.writeString(
        config,
        """
        version: 0.1
        log:
          level: error
          accesslog:
            disabled: true
        storage:
          filesystem:
            rootdirectory: %s
          delete:
            enabled: true
        http:
          addr: 127.0.0.1:%d
        """
                .formatted(folder.resolve("data"), port)
            + more);
    Process process =
        new ProcessBuilder("docker-registry", "serve", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("registry.log").toFile())
            .start();
    RealRegistry registry = new RealRegistry(process, port);
    try {
      registry.awaitListening(folder);
    } catch (IOException | InterruptedException e) {
      registry.close();
      throw e;
    }
    return registry;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  private void awaitListening(Path folder) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
        return;
      } catch (IOException e) {
        if (process.waitFor(50, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
          throw new IOException(
              "docker-registry did not start: " + Files.readString(folder.resolve("registry.log")),
              e);
        }
      }
    }
  }

  /** {@code 127.0.0.1:port}. */
  public String host() {
    return "127.0.0.1:" + port;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
