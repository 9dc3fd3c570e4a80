package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.Lines;
import dev.obdbuild.llb.ExecMeta;
import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.llb.ExecOp;
import dev.obdbuild.llb.FileAction;
import java.util.List;

/** What an instruction does to the files of its stage, with everything expanded. */
sealed interface Step {

  /**
   * How a step shows.
   *
   * @param text the name with its place: {@code [build 2/3] RUN make}
   * @param command the instruction as written; only RUN has one
   */
  record Label(String text, String command, Lines lines, boolean ignoreCache) {}

  /**
   * A mount of a RUN.
   *
   * @param writable whether writes go anywhere; they are thrown away
   */
  record Mount(
      Content content, String selector, String target, boolean writable, ExecMount.Kind kind) {}

  /** A process. {@code secrets} are mounts without content, behind all others. */
  record Run(
      Label label,
      ExecMeta meta,
      List<Mount> mounts,
      List<ExecMount> secrets,
      List<ExecOp.SecretEnv> secretEnv,
      ExecOp.NetworkMode network,
      ExecOp.SecurityMode security,
      List<ExecOp.CdiDevice> devices)
      implements Step {}

  /**
   * One source of a copy.
   *
   * @param path absolute in its content
   * @param options how it is copied
   * @param include patterns for {@code --parents}, else empty
   */
  record Source(
      Content content,
      String path,
      FileAction.CopyOptions options,
      List<String> include,
      List<String> required) {}

  /**
   * Files copied to one place.
   *
   * @param owner {@code user[:group]} or empty
   * @param mode -1 to keep
   * @param linkLabel the name of the second half of a {@code --link}; empty without one
   * @param group identifies both halves
   */
  record Copy(
      Label label,
      List<Source> sources,
      String destination,
      String owner,
      int mode,
      String modeText,
      List<String> excludes,
      String linkLabel,
      String group)
      implements Step {
    boolean link() {
      return !linkLabel.isEmpty();
    }
  }

  /** A directory with its parents. {@code timestamp} is in nanoseconds, -1 for now. */
  record MakeDirectory(Label label, String path, String owner, long timestamp) implements Step {}
}
