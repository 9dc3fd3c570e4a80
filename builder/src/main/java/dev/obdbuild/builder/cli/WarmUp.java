package dev.obdbuild.builder.cli;

import dev.obdbuild.backstore.device.DeviceChoice;
import dev.obdbuild.builder.config.ConfigFile;
import dev.obdbuild.builder.config.HostOptions;
import dev.obdbuild.builder.config.LogLevel;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the launcher runs once after a build, so that the JVM can record in its AOT cache the
 * classes that commands and the daemon need, and which methods are worth compiling at once: one
 * tiny build from nothing in this process, one question to a registry, a daemon that a command of
 * the launcher's then has the same built by, and builds by that daemon and then by this process as
 * they repeat themselves on a developer's machine; all in a folder that the launcher gives and
 * removes.
 *
 * <p>The repeated builds are what the first dozens of a daemon's builds take their time from: most
 * of their methods run a few times each build, so that without a record they would be interpreted
 * for a hundred builds.
 */
final class WarmUp {

  private static final int NOT_FOUND = 404;

  /** As many as it takes until a method that a build calls a few times counts as used. */
  private static final int REPEATED = 40;

  /** Enough for builds in this process to be known too: most of what they do, a daemon does. */
  private static final int REPEATED_HERE = 5;

  /** A context that is large enough for what is done with each file to count as used. */
  private static final int FOLDERS = 20;

  private static final int FILES = 100;

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
    int code;
    try (WarmRegistry registry = new WarmRegistry()) {
      askRegistry(registry);
      ConfigFile config = config(folder.resolve("config.toml"), registry.host());
      Path context = context(folder.resolve("context"), "FROM scratch\nCOPY f /f\n");
      code = builds ? build(folder.resolve("root"), context) : ExitCode.SUCCESS;
      int daemonCode =
          serve(folder, context, List.of(args).subList(2, args.length), builds, registry, config);
      // Where nothing can be built, the daemon fails as late as it can, and has still been asked.
      code = code == ExitCode.SUCCESS && builds ? daemonCode : code;
    }
    System.exit(code);
  }

  /** What a configuration file says of a registry, read as one. */
  private static ConfigFile config(Path file, String host) throws IOException {
    Files.writeString(file, "[registry.\"" + host + "\"]\nhttp = true\n");
    return ConfigFile.read(file);
  }

  private static Path context(Path context, String dockerfile) throws IOException {
    Files.createDirectories(context);
    Files.writeString(context.resolve("Dockerfile"), dockerfile);
    Files.writeString(context.resolve("f"), "warm\n");
    return context;
  }

  private static int build(Path root, Path context) throws IOException {
    int built = buildHere(root, context);
    if (built != ExitCode.SUCCESS) {
      return built;
    }
    // There is no program that every host has; one that cannot start is a step as well.
    Path failing = context(context.resolveSibling("failing"), "FROM scratch\nRUN [\"/none\"]\n");
    if (buildHere(root, failing) == ExitCode.SUCCESS) {
      throw new IllegalStateException("a program ran that is not there");
    }
    return ObdBuild.run(List.of("images", "--root", root.toString()));
  }

  private static int buildHere(Path root, Path context) {
    return ObdBuild.run(
        List.of(
            "build",
            "--addr",
            "local",
            "--root",
            root.toString(),
            "--progress",
            "plain",
            "-t",
            "warm",
            context.toString()));
  }

  private static int serve(
      Path folder,
      Path context,
      List<String> command,
      boolean builds,
      WarmRegistry registry,
      ConfigFile config)
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
            new DaemonLog(System.err, Clock.systemUTC(), false, LogLevel.DEBUG),
            config);
    List<String> client = new ArrayList<>(command);
    client.addAll(List.of("--addr", address.toString(), context.toString()));
    int code;
    try (var _ = Daemon.start(options)) {
      code = new ProcessBuilder(client).inheritIO().start().waitFor();
      if (code == ExitCode.SUCCESS && builds) {
        code = repeat(folder, address, registry.host());
      }
    }
    return code == ExitCode.SUCCESS && builds ? repeatHere(folder) : code;
  }

  /** Builds once more, in this process, what the daemon has built. */
  private static int repeatHere(Path folder) {
    int code = ExitCode.SUCCESS;
    for (int i = 0; i < REPEATED_HERE; i++) {
      for (String context : List.of("tiny", "many")) {
        if (code == ExitCode.SUCCESS) {
          code = buildHere(folder.resolve("daemon"), folder.resolve(context));
        }
      }
    }
    return code;
  }

  /**
   * Has images built and pushed by the daemon: a base; again and again one upon it of which nothing
   * changes; one of many files, twice.
   */
  private static int repeat(Path folder, Address address, String host) throws IOException {
    String base = host + "/warm/base:1";
    Path first = context(folder.resolve("base"), "FROM scratch\nCOPY f /g\n");
    Path tiny = context(folder.resolve("tiny"), "FROM " + base + "\nCOPY f /f\n");
    Path many = context(folder.resolve("many"), "FROM scratch\nCOPY . /\n");
    for (int d = 0; d < FOLDERS; d++) {
      Path part = Files.createDirectory(many.resolve("d" + d));
      for (int f = 0; f < FILES; f++) {
        Files.writeString(part.resolve("f" + f), d + " " + f);
      }
    }
    int code = push(address, base, first);
    for (int i = 0; i < REPEATED && code == ExitCode.SUCCESS; i++) {
      code = push(address, host + "/warm/tiny:1", tiny);
    }
    for (int i = 0; i < 2 && code == ExitCode.SUCCESS; i++) {
      code = push(address, host + "/warm/many:1", many);
    }
    return code;
  }

  private static int push(Address address, String image, Path context) {
    return ObdBuild.run(
        List.of(
            "build",
            "--addr",
            address.toString(),
            "--progress",
            "plain",
            "--push",
            "-t",
            image,
            context.toString()));
  }

  /** Asks a registry for what it does not have. */
  private static void askRegistry(WarmRegistry registry) throws IOException {
    try (RegistryClient client =
        new RegistryClient(RegistryConfig.defaults(), Credentials.none())) {
      Reference image = Reference.parse(registry.host() + "/none:1");
      client.image(image, Platform.host());
      throw new IllegalStateException("an empty registry has " + image);
    } catch (RegistryException e) {
      if (e.status() != NOT_FOUND) {
        throw e;
      }
    }
  }
}
