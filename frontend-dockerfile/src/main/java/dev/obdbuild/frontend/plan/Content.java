package dev.obdbuild.frontend.plan;

import dev.obdbuild.llb.Node;

/** Where a step reads files from. */
sealed interface Content {

  /** The build context. */
  record Context() implements Content {}

  /** The result of a stage, or an image. */
  record OfStage(StageState stage) implements Content {}

  /** Nothing. */
  record Empty() implements Content {}

  /** A download, or the files of a repository. */
  record Remote(Node.Out out) implements Content {}

  /** One file of the Dockerfile itself. */
  @SuppressWarnings("ArrayRecordComponent")
  record Inline(String name, int mode, byte[] data) implements Content {}

  /** {@code /cache} with its owner and mode, made in {@code below}. */
  record CacheDirectory(Content below, int mode, int uid, int gid) implements Content {}
}
