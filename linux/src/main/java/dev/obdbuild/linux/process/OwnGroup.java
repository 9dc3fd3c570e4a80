package dev.obdbuild.linux.process;

import java.util.ArrayList;
import java.util.List;

/**
 * Children in a process group of their own, so that a Ctrl-C at the terminal reaches only us and so
 * that a child with all its children can be signalled at once.
 */
public final class OwnGroup {
  private OwnGroup() {}

  /**
   * The command that runs {@code command} in a new session under the very pid of the child: {@link
   * Signal#sendToGroup} with {@link Process#pid} reaches it and its children.
   */
  public static List<String> of(List<String> command) {
    List<String> prefixed = new ArrayList<>(command.size() + 1);
    prefixed.add("setsid"); // a JVM's child leads no group, so setsid(1) does not fork
    prefixed.addAll(command);
    return prefixed;
  }
}
