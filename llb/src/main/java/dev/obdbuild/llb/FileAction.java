package dev.obdbuild.llb;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * One change of a {@link FileOp}. Paths are absolute inside the filesystem and are resolved in it.
 *
 * @param input the filesystem that is changed, or {@link Op#NONE} for an empty one
 * @param secondaryInput where {@link Copy} reads, or {@link Op#NONE}
 * @param output 0 if the result is the vertex's output, {@link Op#NONE} if only a later action uses
 *     it
 */
public record FileAction(int input, int secondaryInput, int output, Change change) {

  /** The timestamp that means "as it is" (copies) or "now" (new files). */
  public static final long TIME_UNSET = -1;

  /** What is done. */
  public sealed interface Change permits Copy, MkFile, MkDir, Rm, Symlink {}

  /**
   * Copies files of the secondary input.
   *
   * @param mode permission bits for everything copied, -1 to keep what each file has
   * @param modeText symbolic form ({@code u=rwX}); when not empty it counts instead of {@code mode}
   * @param timestamp nanoseconds since the epoch, or {@link #TIME_UNSET}
   * @param requiredPaths paths of the source that must exist
   */
  public record Copy(
      String src,
      String dest,
      Optional<Owner> owner,
      int mode,
      String modeText,
      long timestamp,
      CopyOptions options,
      List<String> includePatterns,
      List<String> excludePatterns,
      List<String> requiredPaths)
      implements Change {
    public Copy {
      includePatterns = List.copyOf(includePatterns);
      excludePatterns = List.copyOf(excludePatterns);
      requiredPaths = List.copyOf(requiredPaths);
    }

    /** A copy of all that {@code src} is, with the owners, modes and times that it has. */
    public static Copy of(String src, String dest, CopyOptions options) {
      return new Copy(
          src,
          dest,
          Optional.empty(),
          -1,
          "",
          TIME_UNSET,
          options,
          List.of(),
          List.of(),
          List.of());
    }
  }

  /** The yes-or-no settings of a {@link Copy}. */
  public record CopyOptions(
      boolean followSymlink,
      boolean dirCopyContents,
      boolean attemptUnpack,
      boolean createDestPath,
      boolean allowWildcard,
      boolean allowEmptyWildcard,
      boolean alwaysReplaceExistingDestPaths) {

    /** All off. */
    public static final CopyOptions NONE =
        new CopyOptions(false, false, false, false, false, false, false);

    /** Only missing parents of the destination are made. */
    public static final CopyOptions CREATE_DEST =
        new CopyOptions(false, false, false, true, false, false, false);

    /** What COPY of context files does. */
    public static final CopyOptions CONTEXT =
        new CopyOptions(true, true, false, true, true, true, false);

    /** These options, with archives unpacked or not. */
    public CopyOptions unpacking(boolean unpack) {
      return new CopyOptions(
          followSymlink,
          dirCopyContents,
          unpack,
          createDestPath,
          allowWildcard,
          allowEmptyWildcard,
          alwaysReplaceExistingDestPaths);
    }
  }

  /** A new file with its content. The array is owned by the record: do not change it. */
  @SuppressWarnings("ArrayRecordComponent")
  public record MkFile(String path, int mode, byte[] data, Optional<Owner> owner, long timestamp)
      implements Change {

    @Override
    public boolean equals(Object o) {
      return o instanceof MkFile other
          && path.equals(other.path)
          && mode == other.mode
          && Arrays.equals(data, other.data)
          && owner.equals(other.owner)
          && timestamp == other.timestamp;
    }

    @Override
    public int hashCode() {
      return path.hashCode() * 31 + Arrays.hashCode(data);
    }

    @Override
    public String toString() {
      return "MkFile[" + path + ", " + data.length + " bytes]";
    }
  }

  /** A new directory. */
  public record MkDir(
      String path, int mode, boolean makeParents, Optional<Owner> owner, long timestamp)
      implements Change {}

  /** Removes a file or a tree. */
  public record Rm(String path, boolean allowNotFound, boolean allowWildcard) implements Change {}

  /** A new symbolic link at {@code newPath} that points to {@code oldPath}. */
  public record Symlink(String oldPath, String newPath, Optional<Owner> owner, long timestamp)
      implements Change {}

  /** User and group of new files; what is empty stays as it is. */
  public record Owner(Optional<Account> user, Optional<Account> group) {}

  /** A user or a group. */
  public sealed interface Account permits ById, ByName {}

  /** By number, an unsigned 32-bit value. */
  public record ById(long id) implements Account {}

  /**
   * By name, looked up in {@code /etc/passwd} or {@code /etc/group} of an input.
   *
   * @param input index into the vertex's inputs, or {@link Op#NONE}
   */
  public record ByName(String name, int input) implements Account {}
}
