package dev.obdbuild.builder.cli;

import com.sun.net.httpserver.HttpServer;
import dev.obdbuild.builder.config.ConfigFile;
import dev.obdbuild.builder.config.DeviceChoice;
import dev.obdbuild.builder.config.HostOptions;
import dev.obdbuild.builder.daemon.Daemon;
import dev.obdbuild.builder.daemon.DaemonLog;
import dev.obdbuild.builder.daemon.DaemonOptions;
import dev.obdbuild.builder.wire.Address;
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
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the launcher runs once after a build, so that the JVM can record in its AOT cache the
 * classes that commands and the daemon need: one tiny build from nothing in this process, the same
 * by a daemon, and one question to a registry, all in a folder that the launcher gives and removes.
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
    List<String> build = List.of("build", "--progress", "plain", "-t", "warm", context.toString());
    int built = ObdBuild.run(with(build, "--addr", "local", "--root", root));
    if (built != ExitCode.SUCCESS) {
      return built;
    }
    int listed = ObdBuild.run(List.of("images", "--root", root));
    return listed != ExitCode.SUCCESS ? listed : buildByDaemon(folder, build);
  }

  private static int buildByDaemon(Path folder, List<String> build) throws IOException {
    Address address = new Address.Unix(folder.resolve("warm.sock"));
    DaemonOptions options =
        new DaemonOptions(
            new HostOptions(
                folder.resolve("daemon"),
                DeviceChoice.AUTO,
                "auto",
                HostOptions.DEFAULT_FS_SIZE,
                Optional.empty()),
            List.of(address),
            Optional.empty(),
            false,
            OptionalInt.empty(),
            OptionalInt.empty(),
            new DaemonLog(System.err, Clock.systemUTC(), false, true),
            ConfigFile.none());
    try (var _ = Daemon.start(options)) {
      return ObdBuild.run(with(build, "--addr", address.toString()));
    }
  }

  private static List<String> with(List<String> command, String... more) {
    List<String> all = new ArrayList<>(command);
    all.addAll(1, List.of(more));
    return all;
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
