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
 * What the launcher runs after a build, so that the JVM can record in its AOT caches the classes
 * that are needed and which methods are worth compiling at once; all in a folder that the launcher
 * gives and removes. Both times one tiny build from nothing in this process and one question to a
 * registry, then builds as they repeat themselves on a developer's machine: once in this process,
 * for commands that build by themselves; once by a daemon, for daemons, which first has the same
 * built for a command of the launcher's.
 *
 * <p>The repeated builds are what the first dozens of a daemon's builds take their time from: most
 * of their methods run a few times each build, so that without a record they would be interpreted
 * for a hundred builds.
 */
final class WarmUp {

  private static final int NOT_FOUND = 404;

  /** As many as it takes until a method that a build calls a few times counts as used. */
  private static final int REPEATED = 40;

  /** A command builds once: what is called often by then is worth compiling, and nothing else. */
  private static final int REPEATED_HERE = 5;

  /** A context that is large enough for what is done with each file to count as used. */
  private static final int FOLDERS = 20;

  private static final int FILES = 100;

  /** Enough for what is done once for each folder to count as well. */
  private static final int LISTED = 10;

  private WarmUp() {}

  /**
   * Warms up.
   *
   * @param args a folder, which need not be there; {@code yes} where this host can build; for a
   *     daemon's cache the command, which is given the daemon's address and a context
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    boolean builds = args[1].equals("yes");
    List<String> command = List.of(args).subList(2, args.length);
    String usage = ObdBuild.commandLine().getUsageMessage();
    if (usage.isEmpty()) {
      throw new IllegalStateException("a command line without usage");
    }
    int code;
    try (WarmRegistry registry = new WarmRegistry()) {
      askRegistry(registry);
      ConfigFile config = config(folder.resolve("config.toml"), registry.host());
      Path context = context(folder.resolve("context"), "FROM scratch\nCOPY f /f\n");
      List<String> here = List.of("--addr", "local", "--root", folder.resolve("root").toString());
      code = builds ? build(folder, here, context) : ExitCode.SUCCESS;
      if (!command.isEmpty()) {
        int daemonCode = serve(folder, context, command, builds, registry, config);
        // Where nothing can be built, the daemon fails as late as it can, and has still been asked.
        code = code == ExitCode.SUCCESS && builds ? daemonCode : code;
      } else if (code == ExitCode.SUCCESS && builds) {
        code = repeat(folder, here, registry.host(), REPEATED_HERE);
      }
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

  private static int build(Path folder, List<String> here, Path context) throws IOException {
    int built = build(here, List.of("-t", "warm"), context);
    if (built != ExitCode.SUCCESS) {
      return built;
    }
    // There is no program that every host has; one that cannot start is a step as well.
    Path failing = context(folder.resolve("failing"), "FROM scratch\nRUN [\"/none\"]\n");
    if (build(here, List.of(), failing) == ExitCode.SUCCESS) {
      throw new IllegalStateException("a program ran that is not there");
    }
    return ObdBuild.run(List.of("images", "--root", folder.resolve("root").toString()));
  }

  /**
   * Builds.
   *
   * @param where flags that say by whom
   */
  private static int build(List<String> where, List<String> flags, Path context) {
    List<String> command = new ArrayList<>(List.of("build", "--progress", "plain"));
    command.addAll(where);
    command.addAll(flags);
    command.add(context.toString());
    return ObdBuild.run(command);
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
    try (var _ = Daemon.start(options)) {
      int code = new ProcessBuilder(client).inheritIO().start().waitFor();
      return code == ExitCode.SUCCESS && builds
          ? repeat(folder, List.of("--addr", address.toString()), registry.host(), REPEATED)
          : code;
    }
  }

  /**
   * Has images built and pushed: a base; again and again one upon it of which nothing changes; one
   * of many files, again and again.
   */
  private static int repeat(Path folder, List<String> where, String host, int times)
      throws IOException {
    String base = host + "/warm/base:1";
    Path first = context(folder.resolve("base"), "FROM scratch\nCOPY f /g\n");
    Path tiny = context(folder.resolve("tiny"), "FROM " + base + "\nCOPY f /f\n");
    Path many = context(folder.resolve("many"), "FROM scratch\nCOPY . /\n");
    for (int d = 0; d < FOLDERS; d++) {
      Path part = Files.createDirectories(many.resolve("d" + d));
      for (int f = 0; f < FILES; f++) {
        Files.writeString(part.resolve("f" + f), d + " " + f);
      }
    }
    int code = push(where, base, first);
    for (int i = 0; i < times && code == ExitCode.SUCCESS; i++) {
      code = push(where, host + "/warm/tiny:1", tiny);
    }
    for (int i = 0; i < LISTED && code == ExitCode.SUCCESS; i++) {
      code = push(where, host + "/warm/many:1", many);
    }
    return code;
  }

  private static int push(List<String> where, String image, Path context) {
    return build(where, List.of("--push", "-t", image), context);
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
