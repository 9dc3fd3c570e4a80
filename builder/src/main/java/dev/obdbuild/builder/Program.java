package dev.obdbuild.builder;

import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.worker.exec.ContainerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Looks for a container's program in its root filesystem, as the runtime will. */
final class Program {

  private static final String PATH = "PATH=";
  private static final int EXECUTABLE = 0111;

  private Program() {}

  /**
   * Whether the program is there and may be executed. Touches the mounted root filesystem.
   *
   * @throws IOException when the filesystem cannot be read
   */
  static boolean isIn(Path rootfs, ContainerProcess process) throws IOException {
    String program = process.args().getFirst();
    try (Root root = Root.open(rootfs)) {
      if (program.contains("/")) {
        return isExecutable(
            root, program.startsWith("/") ? program : process.cwd() + "/" + program);
      }
      for (String folder : searchPath(process.env())) {
        if (!folder.isEmpty() && isExecutable(root, folder + "/" + program)) {
          return true;
        }
      }
      return false;
    }
  }

  /** The last setting counts. */
  private static List<String> searchPath(List<String> env) {
    Optional<String> path =
        env.reversed().stream().filter(variable -> variable.startsWith(PATH)).findFirst();
    return path.map(p -> List.of(p.substring(PATH.length()).split(":"))).orElse(List.of());
  }

  private static boolean isExecutable(Root root, String path) throws IOException {
    Optional<Stat> stat = root.find(RawPath.of(path), true);
    return stat.isPresent()
        && stat.get().isRegular()
        && (stat.get().permissions() & EXECUTABLE) != 0;
  }
}
