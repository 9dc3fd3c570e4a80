package dev.obdbuild.solver;

import dev.obdbuild.llb.BuildOp;
import dev.obdbuild.llb.DiffOp;
import dev.obdbuild.llb.ExecOp;
import dev.obdbuild.llb.FileAction;
import dev.obdbuild.llb.FileOp;
import dev.obdbuild.llb.MergeOp;
import dev.obdbuild.llb.PassthroughOp;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.Vertex;
import java.util.stream.Collectors;

/** What displays call a vertex. */
final class VertexNames {
  private VertexNames() {}

  /** The name the frontend gave, or else one made of the operation. */
  static String of(Vertex vertex) {
    String custom = vertex.meta().customName();
    if (!custom.isEmpty()) {
      return custom;
    }
    return switch (vertex.op()) {
      case ExecOp exec -> String.join(" ", exec.meta().args());
      case SourceOp source -> source.identifier();
      case FileOp file ->
          file.actions().stream().map(VertexNames::change).collect(Collectors.joining(", "));
      case MergeOp merge -> "merge " + merge.inputs();
      case DiffOp diff -> "diff " + diff.lower() + " -> " + diff.upper();
      case BuildOp build -> "build";
      case PassthroughOp pass -> "passthrough " + pass.id();
    };
  }

  private static String change(FileAction action) {
    return switch (action.change()) {
      case FileAction.Copy copy -> "copy " + copy.src() + " " + copy.dest();
      case FileAction.MkFile made -> "mkfile " + made.path();
      case FileAction.MkDir made -> "mkdir " + made.path();
      case FileAction.Rm rm -> "rm " + rm.path();
      case FileAction.Symlink link -> "symlink " + link.newPath() + " -> " + link.oldPath();
    };
  }
}
