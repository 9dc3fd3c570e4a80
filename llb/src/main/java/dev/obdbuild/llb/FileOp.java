package dev.obdbuild.llb;

import java.util.List;

/**
 * A chain of changes to filesystems. An action's inputs are the vertex's inputs first and then the
 * results of earlier actions: index {@code inputs + i} is the result of action {@code i}.
 */
public record FileOp(List<FileAction> actions) implements Op {

  public FileOp {
    actions = List.copyOf(actions);
  }
}
