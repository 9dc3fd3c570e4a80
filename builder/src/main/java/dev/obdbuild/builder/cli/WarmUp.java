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
 * classes that commands and the daemon need: one tiny build from nothing in this process, one
 * question to a registry, and a daemon that a command of the launcher's then has the same built by,
 * all in a folder that the launcher gives and removes.
 */
final class WarmUp {

  private static final int NOT_FOUND = 404;

  private WarmUp() {}

  /**
   * Warms up.
   *
   * @param args an empty folder; {@code yes} where this host can build; the command, which is given
   *     the daemon's address and a context
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path folder = Path.of(args[0]);
    boolean builds = args[1].equals("yes");
    String usage = ObdBuild.commandLine().getUsageMessage();
    if (usage.isEmpty()) {
      throw new IllegalStateException("a command line without usage");
    }
    askRegistry();
    Path context = Files.createDirectory(folder.resolve("context"));
    Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nCOPY f /f\n");
    Files.writeString(context.resolve("f"), "warm\n");
    int code = builds ? build(folder.resolve("root"), context) : ExitCode.SUCCESS;
    int daemonCode = serve(folder, context, List.of(args).subList(2, args.length));
    // Where nothing can be built, the daemon fails as late as it can, and has still been asked.
    System.exit(code == ExitCode.SUCCESS && builds ? daemonCode : code);
  }

  private static int build(Path root, Path context) {
    String folder = root.toString();
    int built =
        ObdBuild.run(
            List.of(
                "build",
                "--addr",
                "local",
                "--root",
                folder,
                "--progress",
                "plain",
                "-t",
                "warm",
                context.toString()));
    return built != ExitCode.SUCCESS ? built : ObdBuild.run(List.of("images", "--root", folder));
  }

  private static int serve(Path folder, Path context, List<String> command)
      throws IOException, InterruptedException {
    Address address = new Address.Unix(folder.resolve("warm.sock"));
    DaemonOptions options =
        new DaemonOptions(
            new HostOptions(
                folder.resolve("daemon"),
                DeviceChoice.AUTO,
                "auto",
                HostOptions.DEFAULT_FILESYSTEM,
                Optional.empty()),
            List.of(address),
            Optional.empty(),
            false,
            OptionalInt.empty(),
            OptionalInt.empty(),
            new DaemonLog(System.err, Clock.systemUTC(), false, true),
            ConfigFile.none());
    List<String> client = new ArrayList<>(command);
    client.addAll(List.of("--addr", address.toString(), context.toString()));
    try (var _ = Daemon.start(options)) {
      return new ProcessBuilder(client).inheritIO().start().waitFor();
    }
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
