package dev.obdbuild.builder.daemon;

import dev.obdbuild.builder.daemon.Client.Ended;
import dev.obdbuild.builder.daemon.Client.Running;
import dev.obdbuild.testkit.RealRegistry;
import dev.obdbuild.testkit.TinyImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A daemon in a process of its own on a state folder and a unix socket below the test's folder,
 * beside a real registry with a base image; and the real clients that drive it. The test is
 * annotated {@code @NeedsRoot @NeedsDevice @NeedsTool({"buildctl", "buildx", "crun", "busybox",
 * "docker-registry", "skopeo"})}. Closing it ends the daemon and fails if something stays mounted.
 */
final class DaemonFixture implements AutoCloseable {

  private final Path folder;
  private final RealRegistry registry;
  private final Client client;
  private final List<String> flags;
  private DaemonProcess daemon;
  private boolean builderMade;

  private DaemonFixture(Path folder, RealRegistry registry, List<String> flags)
      throws IOException, InterruptedException {
    this.folder = folder;
    this.registry = registry;
    Path home = Files.createDirectories(folder.resolve("home"));
    client =
        new Client(
            Files.createDirectories(folder.resolve("printed")),
            Map.of(
                "HOME",
                home.toString(),
                "BUILDX_CONFIG",
                home.resolve("buildx").toString(),
                "DOCKER_CONFIG",
                home.resolve("docker").toString(),
                "BUILDX_NO_DEFAULT_ATTESTATIONS",
                "1",
                "BUILDKIT_PROGRESS",
                "plain",
                "BUILDKIT_HOST",
                "unix://" + socket(folder),
                "SSH_AUTH_SOCK",
                ""));
    pushBase();
    this.flags = List.copyOf(withOwn(flags));
    daemon = DaemonProcess.start(folder, this.flags);
    daemon.awaitListening();
  }

  /** Starts a registry and a daemon with more flags; {@code folder} exists and is the test's. */
  static DaemonFixture start(Path folder, String... flags)
      throws IOException, InterruptedException {
    return start(folder, "", List.of(flags));
  }

  /**
   * The same with more lines of configuration (TOML), in which {@code REGISTRY} stands for {@link
   * #registry()}.
   */
  static DaemonFixture start(Path folder, String configuration, List<String> flags)
      throws IOException, InterruptedException {
    RealRegistry registry = RealRegistry.start(Files.createDirectories(folder.resolve("registry")));
    try {
      Files.writeString(
          folder.resolve("daemon.toml"),
          configuration.replace("REGISTRY", registry.host())
              + "\n[registry.\""
              + registry.host()
              + "\"]\nhttp = true\n");
      return new DaemonFixture(folder, registry, List.of(flags.toArray(String[]::new)));
    } catch (IOException | InterruptedException | RuntimeException e) {
      registry.close();
      throw e;
    }
  }

  private List<String> withOwn(List<String> more) {
    List<String> all = new ArrayList<>();
    all.addAll(List.of("--root", root().toString(), "--addr", address()));
    all.addAll(List.of("--config", folder.resolve("daemon.toml").toString()));
    all.addAll(more);
    return all;
  }

  /** A busybox with all its applets, pushed by a program that shares no code with ours. */
  private void pushBase() throws IOException, InterruptedException {
    Path bin = Files.createDirectories(folder.resolve("base/tree/bin"));
    Path tar = folder.resolve("base/layer.tar");
    client
        .run(
            "sh",
            "-c",
            """
            set -e
            cp -L "$(command -v busybox)" "$0/busybox"
            for applet in $(busybox --list); do [ $applet = busybox ] || ln -s busybox "$0/$applet"; done
            mkdir "$0/../tmp" "$0/../etc"
            echo 'root:x:0:0:root:/:/bin/sh' > "$0/../etc/passwd"
            tar -C "$0/.." --sort=name --owner=0 --group=0 --mtime=@0 -cf "$1" .
            """,
            bin.toString(),
            tar.toString())
        .ok();
    Path layout = folder.resolve("base/layout");
    TinyImage.ofTars(List.of(Files.readAllBytes(tar))).writeLayout(layout, "1");
    client
        .run(
            "skopeo",
            "copy",
            "--quiet",
            "--dest-tls-verify=false",
            "oci:" + layout + ":1",
            "docker://" + base())
        .ok();
  }

  /** The base image in the registry: a busybox, {@code PATH=/bin}. */
  String base() {
    return registry.host() + "/base/busybox:1";
  }

  /** The registry's host and port. */
  String registry() {
    return registry.host();
  }

  /** The daemon's state folder. */
  Path root() {
    return folder.resolve("state");
  }

  private static Path socket(Path folder) {
    return folder.resolve("buildd.sock");
  }

  /** The daemon's address, as clients name it. */
  String address() {
    return "unix://" + socket(folder);
  }

  DaemonProcess daemon() {
    return daemon;
  }

  /** Starts the daemon again on the same state folder, after it ended in whatever way. */
  void startAgain() throws IOException, InterruptedException {
    daemon = DaemonProcess.start(folder, flags);
    daemon.awaitListening();
  }

  /** Runs other programs with the clients' environment. */
  Client client() {
    return client;
  }

  /** Runs {@code buildctl} to its end. */
  Ended buildctl(String... arguments) throws IOException, InterruptedException {
    return client.run(command(List.of("buildctl"), arguments));
  }

  /** Builds a context with {@code buildctl build} and more flags. */
  Ended build(Path context, String... more) throws IOException, InterruptedException {
    return startBuild(context, more).await();
  }

  /** Starts to build a context. */
  Running startBuild(Path context, String... more) throws IOException {
    return client.start(buildCommand(context, more));
  }

  /** The command that builds a context with {@code buildctl}. */
  String[] buildCommand(Path context, String... more) {
    return command(
        List.of(
            "buildctl",
            "build",
            "--progress=plain",
            "--frontend=dockerfile.v0",
            "--local=context=" + context,
            "--local=dockerfile=" + context),
        more);
  }

  /** Runs {@code buildx} to its end; its builder (driver remote) is this daemon. */
  Ended buildx(String... arguments) throws IOException, InterruptedException {
    return client.run(buildxCommand(arguments));
  }

  /** Starts {@code buildx}. */
  Running startBuildx(String... arguments) throws IOException, InterruptedException {
    return client.start(buildxCommand(arguments));
  }

  /** A {@code buildx} command that uses this daemon. */
  String[] buildxCommand(String... arguments) throws IOException, InterruptedException {
    builder();
    return command(List.of("buildx"), arguments);
  }

  /** The name by which {@code buildx} knows this daemon. */
  String builder() throws IOException, InterruptedException {
    if (!builderMade) {
      client.run("buildx", "create", "--name=it", "--use", "--driver=remote", address()).ok();
      builderMade = true;
    }
    return "it";
  }

  private static String[] command(List<String> begin, String... more) {
    List<String> all = new ArrayList<>(begin);
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  /**
   * A new folder with a Dockerfile, in which {@code BASE} stands for {@link #base()}, and more
   * files: a name, its content, and so on.
   */
  Path context(String dockerfile, String... files) throws IOException {
    Path context = Files.createTempDirectory(folder, "context");
    Files.writeString(context.resolve("Dockerfile"), dockerfile.replace("BASE", base()));
    for (int i = 0; i < files.length; i += 2) {
      Path file = context.resolve(files[i]);
      Files.createDirectories(file.resolveSibling("."));
      Files.writeString(file, files[i + 1]);
    }
    return context;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    try (registry) {
      if (daemon.isAlive()) {
        daemon.end();
        List<String> left = daemon.mountsBelow(root());
        if (!left.isEmpty()) {
          throw new AssertionError("still mounted: " + left);
        }
      }
    }
  }
}
