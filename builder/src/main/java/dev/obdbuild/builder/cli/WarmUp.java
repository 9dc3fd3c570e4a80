package dev.obdbuild.builder.cli;

import com.sun.net.httpserver.HttpServer;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.oci.registry.RegistryConfig;
import dev.obdbuild.oci.registry.RegistryException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the launcher runs once after a build, so that the JVM can record in its AOT cache the
 * classes that commands need: one tiny build from nothing and one question to a registry, both in a
 * folder that the launcher gives and removes.
 */
final class WarmUp {

  private static final int NOT_FOUND = 404;

  private WarmUp() {}

  /**
   * Warms up.
   *
   * @param args an empty folder; without one, only what needs no folder and no root is done
   */
  public static void main(String[] args) throws IOException {
    String usage = ObdBuild.commandLine().getUsageMessage();
    if (usage.isEmpty()) {
      throw new IllegalStateException("a command line without usage");
    }
    askRegistry();
    if (args.length > 0) {
      System.exit(build(Path.of(args[0])));
    }
  }

  private static int build(Path folder) throws IOException {
    Path context = Files.createDirectory(folder.resolve("context"));
    Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nCOPY f /f\n");
    Files.writeString(context.resolve("f"), "warm\n");
    String root = folder.resolve("root").toString();
    int built =
        ObdBuild.run(
            List.of(
                "build", "--root", root, "--progress", "plain", "-t", "warm", context.toString()));
    return built != ExitCode.SUCCESS ? built : ObdBuild.run(List.of("images", "--root", root));
  }

  /** Asks a registry on loopback that has nothing. */
  private static void askRegistry() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(NOT_FOUND, -1);
          exchange.close();
        });
    server.start();
    try (RegistryClient client =
        new RegistryClient(RegistryConfig.defaults(), Credentials.none())) {
      Reference image = Reference.parse("127.0.0.1:" + server.getAddress().getPort() + "/none:1");
      client.image(image, Platform.host());
      throw new IllegalStateException("an empty registry has " + image);
    } catch (RegistryException e) {
      if (e.status() != NOT_FOUND) {
        throw e;
      }
    } finally {
      server.stop(0);
    }
  }
}
