package dev.obdbuild.builder.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Makes {@code build} the command of a command line that names none. */
final class Arguments {

  private static final Set<String> ABOUT_ALL = Set.of("-h", "--help", "-V", "--version");
  private static final String ROOT = "--root";

  private Arguments() {}

  /**
   * The arguments with a command in front. A {@code --root} before the command moves behind it.
   *
   * @param commands names of all commands
   */
  static List<String> withCommand(List<String> args, Set<String> commands) {
    if (args.isEmpty() || args.size() == 1 && ABOUT_ALL.contains(args.getFirst())) {
      return args.isEmpty() ? List.of("--help") : args;
    }
    int at = 0;
    if (args.getFirst().equals(ROOT) && args.size() > 2) {
      at = 2;
    } else if (args.getFirst().startsWith(ROOT + "=")) {
      at = 1;
    }
    List<String> out = new ArrayList<>();
    if (at < args.size() && commands.contains(args.get(at))) {
      out.add(args.get(at));
      out.addAll(args.subList(0, at));
      out.addAll(args.subList(at + 1, args.size()));
    } else {
      out.add("build");
      out.addAll(args);
    }
    return out;
  }
}
