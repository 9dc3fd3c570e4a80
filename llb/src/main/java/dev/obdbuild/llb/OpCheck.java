package dev.obdbuild.llb;

import dev.obdbuild.llb.FileAction.ByName;
import dev.obdbuild.llb.FileAction.Copy;
import dev.obdbuild.llb.FileAction.MkDir;
import dev.obdbuild.llb.FileAction.MkFile;
import dev.obdbuild.llb.FileAction.Owner;
import dev.obdbuild.llb.FileAction.Rm;
import dev.obdbuild.llb.FileAction.Symlink;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Checks that an operation only names inputs and outputs that exist. */
final class OpCheck {
  private OpCheck() {}

  /**
   * @throws IllegalArgumentException naming the first index that is out of bounds
   */
  static void check(Op op, int inputs) {
    switch (op) {
      case ExecOp exec -> exec(exec, inputs);
      case FileOp file -> file(file, inputs);
      case SourceOp source -> {
        require(source.identifier().contains("://"), "source identifier without a scheme");
        require(inputs == 0, "source operation with inputs");
      }
      case MergeOp merge -> {
        require(!merge.inputs().isEmpty(), "merge of nothing");
        all("merge input", merge.inputs(), 0, inputs);
      }
      case DiffOp diff -> {
        index("lower input of diff", diff.lower(), Op.NONE, inputs);
        index("upper input of diff", diff.upper(), Op.NONE, inputs);
      }
      case BuildOp build -> {
        index("builder", build.builder(), Op.NONE, inputs);
        all("build input", List.copyOf(build.inputs().values()), 0, inputs);
      }
      case PassthroughOp pass -> all("passthrough output", pass.outputs(), 0, inputs);
    }
  }

  /** How many outputs a vertex with this operation has. */
  static int outputs(Op op) {
    return switch (op) {
      case ExecOp exec -> {
        int highest = 0;
        for (ExecMount mount : exec.mounts()) {
          if (mount.kind() instanceof ExecMount.Bind) {
            highest = Math.max(highest, mount.output() + 1);
          }
        }
        yield highest;
      }
      case PassthroughOp pass -> pass.outputs().size();
      case FileOp _, SourceOp _, MergeOp _, DiffOp _, BuildOp _ -> 1;
    };
  }

  private static void exec(ExecOp exec, int inputs) {
    require(!exec.meta().args().isEmpty(), "exec operation without arguments");
    int roots = 0;
    Set<Integer> outputs = new HashSet<>();
    for (ExecMount mount : exec.mounts()) {
      index("input of mount " + mount.dest(), mount.input(), Op.NONE, inputs);
      require(mount.dest().startsWith("/"), "mount target is not absolute: " + mount.dest());
      roots += mount.dest().equals("/") ? 1 : 0;
      if (mount.kind() instanceof ExecMount.Bind && mount.output() != Op.NONE) {
        index("output of mount " + mount.dest(), mount.output(), 0, exec.mounts().size());
        require(outputs.add(mount.output()), "two mounts have output " + mount.output());
      }
    }
    require(roots == 1, "exec operation with " + roots + " root mounts");
  }

  private static void file(FileOp file, int inputs) {
    require(!file.actions().isEmpty(), "file operation without actions");
    boolean result = false;
    for (int i = 0; i < file.actions().size(); i++) {
      FileAction action = file.actions().get(i);
      int known = inputs + i;
      index("input of action " + i, action.input(), Op.NONE, known);
      index("secondary input of action " + i, action.secondaryInput(), Op.NONE, known);
      index("output of action " + i, action.output(), Op.NONE, 1);
      require(action.output() != 0 || !result, "two actions have output 0");
      result |= action.output() == 0;
      owner(action.change()).ifPresent(o -> owner(o, inputs));
    }
    require(result, "no action has output 0");
  }

  private static Optional<Owner> owner(FileAction.Change change) {
    return switch (change) {
      case Copy c -> c.owner();
      case MkFile f -> f.owner();
      case MkDir d -> d.owner();
      case Symlink s -> s.owner();
      case Rm _ -> Optional.empty();
    };
  }

  private static void owner(Owner owner, int inputs) {
    for (var account : List.of(owner.user(), owner.group())) {
      if (account.isPresent() && account.get() instanceof ByName(String name, int input)) {
        index("input for the name " + name, input, Op.NONE, inputs);
      }
    }
  }

  private static void all(String what, List<Integer> values, int min, int max) {
    for (int value : values) {
      index(what, value, min, max);
    }
  }

  private static void index(String what, int value, int min, int max) {
    require(
        value >= min && value < max,
        what + " is " + value + ", allowed is " + min + " to " + (max - 1));
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
