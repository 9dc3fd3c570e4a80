package dev.obdbuild.worker.file;

import dev.obdbuild.linux.file.Owner;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.linux.file.UnixTime;
import dev.obdbuild.llb.FileAction;
import dev.obdbuild.llb.pattern.BadPatternException;
import dev.obdbuild.llb.pattern.PathPatterns;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What of a tree is copied and what the copies get.
 *
 * @param includes null for everything
 * @param excludes null for nothing
 * @param owner empty keeps each file's
 * @param mode -1 keeps each file's
 * @param modeText wins over {@code mode}
 * @param time empty keeps each file's
 * @param replace whether a file may take the place of a directory, and a directory that of a file
 */
record CopyRules(
    @Nullable PathPatterns includes,
    @Nullable PathPatterns excludes,
    Optional<Owner> owner,
    int mode,
    @Nullable ModeText modeText,
    Optional<UnixTime> time,
    boolean replace) {

  /** Everything as it is, whatever lies in its way. */
  static final CopyRules MERGE =
      new CopyRules(null, null, Optional.empty(), -1, null, Optional.empty(), true);

  static CopyRules of(FileAction.Copy copy, Destination to) throws IOException {
    return new CopyRules(
        patterns(copy.includePatterns(), "includepatterns"),
        patterns(copy.excludePatterns(), "excludepatterns"),
        to.owner(),
        copy.mode(),
        copy.modeText().isEmpty() ? null : ModeText.parse(copy.modeText()),
        to.time(),
        copy.options().alwaysReplaceExistingDestPaths());
  }

  private static @Nullable PathPatterns patterns(List<String> lines, String what)
      throws IOException {
    if (lines.isEmpty()) {
      return null;
    }
    try {
      return PathPatterns.of(lines);
    } catch (BadPatternException e) {
      throw new IOException("invalid " + what + ": " + lines + ": " + e.getMessage(), e);
    }
  }

  Owner ownerOf(Stat stat) {
    return owner.orElse(stat.owner());
  }

  int permissionsOf(Stat stat) {
    if (modeText != null) {
      return modeText.apply(stat.permissions(), stat.isDirectory());
    }
    return mode >= 0 ? mode & 07777 : stat.permissions();
  }

  /** Permissions of directories that have to be made on the way. */
  int newDirectory() {
    return modeText == null && mode >= 0 ? mode & 0777 : 0755;
  }

  UnixTime atimeOf(Stat stat) {
    return time.orElse(stat.atime());
  }

  UnixTime mtimeOf(Stat stat) {
    return time.orElse(stat.mtime());
  }
}
