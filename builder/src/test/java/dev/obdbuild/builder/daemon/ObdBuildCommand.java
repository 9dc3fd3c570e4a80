package dev.obdbuild.builder.daemon;

import dev.obdbuild.builder.daemon.Client.Ended;
import dev.obdbuild.builder.daemon.Client.Running;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code obd-build} as child processes of the test, on the test's own classes. */
final class ObdBuildCommand {

  private static final String NAMESPACE =
      "[ ! -d /sys/fs/cgroup/unified ] || umount /sys/fs/cgroup/unified; exec \"$@\"";

  /** It may read everything, since the libraries may lie in a home of root's; nothing else. */
  private static final List<String> NOBODY =
      List.of(
          "setpriv",
          "--reuid=65534",
          "--regid=65534",
          "--clear-groups",
          "--inh-caps=+dac_read_search",
          "--ambient-caps=+dac_read_search");

  private final Client client;
  private final List<String> flags;
  private final List<String> jvmFlags;
  private final List<String> prefix;

  /**
   * Commands with the same flags, behind the command's name.
   *
   * @param client runs them
   */
  ObdBuildCommand(Client client, List<String> flags) {
    this(
        client,
        flags,
        List.of(),
        List.of(
            // Whoever started the tests in the background ignores SIGINT, and so would a JVM.
            "env",
            "--default-signal=INT",
            "unshare",
            "-m",
            "--propagation",
            "slave",
            "sh",
            "-c",
            NAMESPACE,
            "sh"));
  }

  private ObdBuildCommand(
      Client client, List<String> flags, List<String> jvmFlags, List<String> prefix) {
    this.client = client;
    this.flags = List.copyOf(flags);
    this.jvmFlags = List.copyOf(jvmFlags);
    this.prefix = List.copyOf(prefix);
  }

  /** The same by a user who is not root, in the test's own namespace. */
  ObdBuildCommand asNobody() {
    return new ObdBuildCommand(client, flags, jvmFlags, NOBODY);
  }

  /** The same with flags for the JVM. */
  ObdBuildCommand withJvmFlags(String... more) {
    return new ObdBuildCommand(client, flags, List.of(more), prefix);
  }

  /** Runs a command to its end. */
  Ended run(String command, String... arguments) throws IOException, InterruptedException {
    return start(command, arguments).await();
  }

  /** Runs a command to its end with a file as its standard input. */
  Ended runFrom(Path in, String command, String... arguments)
      throws IOException, InterruptedException {
    return client.runFrom(in, line(command, arguments));
  }

  /** Starts a command; the process that it returns is the JVM's own. */
  Running start(String command, String... arguments) throws IOException {
    return client.start(line(command, arguments));
  }

  private String[] line(String command, String... arguments) {
    List<String> all = new ArrayList<>(prefix);
    all.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    all.addAll(List.of("-XX:+UseSerialGC", "-Xmx192m", "-XX:TieredStopAtLevel=1"));
    all.addAll(List.of("--enable-native-access=ALL-UNNAMED"));
    all.addAll(List.of("--sun-misc-unsafe-memory-access=allow"));
    for (String path : List.of("org.sqlite.lib.path", "jffi.boot.library.path")) {
      Optional.ofNullable(System.getProperty(path)).ifPresent(v -> all.add("-D" + path + "=" + v));
    }
    all.addAll(jvmFlags);
    all.addAll(List.of("-cp", System.getProperty("java.class.path")));
    all.addAll(List.of("dev.obdbuild.builder.cli.ObdBuild", command));
    all.addAll(flags);
    all.addAll(List.of(arguments));
    return all.toArray(String[]::new);
  }
}
