package dev.obdbuild.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A Linux kernel of its own, as a process, with this host's files: for what the host's kernel has
 * not. What is run there is root, and what it changes is gone with it. Started by {@code
 * tools/uml/run}, which says what it needs.
 */
public final class UserModeLinux {
  /** For {@link NeedsTool}: a program that is there where this can be used. */
  public static final String TOOL = "linux.uml";

  private final int seconds;
  private final Map<String, String> settings;

  private UserModeLinux(int seconds, Map<String, String> settings) {
    this.seconds = seconds;
    this.settings = settings;
  }

  /** Ends after so many seconds, with status 124 if it was not done. */
  public static UserModeLinux within(int seconds) {
    return new UserModeLinux(seconds, Map.of());
  }

  /** The same with a folder that both write to, under one path. */
  public UserModeLinux sharing(Path folder) {
    return with("OBD_UML_SHARED", folder.toString());
  }

  /** The same with a /dev that the kernel does not fill, as in a container. */
  public UserModeLinux withStaticDev() {
    return with("OBD_UML_STATIC_DEV", "1");
  }

  private UserModeLinux with(String name, String value) {
    Map<String, String> more = new HashMap<>(settings);
    more.put(name, value);
    return new UserModeLinux(seconds, more);
  }

  /**
   * Runs a class's {@code main} with this process's class path, in this process's folder; what it
   * prints is printed here.
   *
   * @return its exit status
   */
  public int java(Class<?> main, List<String> arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                script().toString(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx600m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
    for (String property : List.of("jffi.boot.library.path", "org.sqlite.lib.path")) {
      if (System.getProperty(property) != null) {
        command.add("-D" + property + "=" + System.getProperty(property));
      }
    }
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    command.addAll(List.of("-cp", classPath, main.getName()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().put("OBD_UML_SECONDS", Integer.toString(seconds));
    builder.environment().putAll(settings);
    return builder.start().waitFor();
  }

  /** In the project's folder, which modules' tests run one level below. */
  private static Path script() throws IOException {
    Path folder = Path.of("").toAbsolutePath();
    for (Path up = folder; up != null; up = up.getParent()) {
      Path script = up.resolve("tools/uml/run");
      if (Files.isExecutable(script)) {
        return script;
      }
    }
    throw new IOException("no tools/uml/run above " + folder);
  }
}
