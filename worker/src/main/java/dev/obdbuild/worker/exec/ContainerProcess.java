package dev.obdbuild.worker.exec;

import java.util.List;

/**
 * The process of a container.
 *
 * @param args the command and its arguments; not empty
 * @param env {@code NAME=value} in order, later ones win; PATH and HOME are added when missing
 * @param cwd absolute working directory inside the container
 * @param user {@code name|uid[:group|gid]}, empty for root; names are looked up in the container
 * @param terminal whether a pseudo terminal is made (needs {@link ContainerIo.Inherit} on one)
 */
public record ContainerProcess(
    List<String> args, List<String> env, String cwd, String user, boolean terminal) {

  public ContainerProcess {
    if (args.isEmpty()) {
      throw new IllegalArgumentException("a container without a command");
    }
    args = List.copyOf(args);
    env = List.copyOf(env);
    cwd = cwd.isEmpty() ? "/" : cwd;
  }
}
