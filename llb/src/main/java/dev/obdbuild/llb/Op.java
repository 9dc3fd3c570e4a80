package dev.obdbuild.llb;

/** What one vertex does. A closed set: switch over it without a default. */
public sealed interface Op
    permits ExecOp, FileOp, SourceOp, MergeOp, DiffOp, BuildOp, PassthroughOp {

  /** The index that stands for "no input" (an empty filesystem) or "no output". */
  int NONE = -1;
}
