package dev.obdbuild.builder.files;

import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.linux.file.UnixTime;
import dev.obdbuild.worker.content.FileTree;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One of the trees that are joined.
 *
 * @param label names it in errors: its platform
 * @param folder name of the folder it is put in; empty for the top
 * @param tree not closed
 * @param date what every file is dated, if anything
 */
public record FolderPart(String label, RawPath folder, FileTree tree, Optional<UnixTime> date) {

  /**
   * @throws IllegalArgumentException if {@code folder} is more than a name
   */
  public FolderPart {
    if (folder.components().size() > 1) {
      throw new IllegalArgumentException("folder " + folder + " of " + label + " is no name");
    }
  }

  /** Where a path of the joined tree is in this one; empty when it is outside of it. */
  Optional<RawPath> inside(RawPath path) {
    if (!path.isWithin(folder)) {
      return Optional.empty();
    }
    List<RawPath> below =
        path.components().subList(folder.components().size(), path.components().size());
    return Optional.of(
        new RawPath(below.stream().map(RawPath::latin1).collect(Collectors.joining("/"))));
  }

  Stat dated(Stat stat) {
    return date.map(
            time ->
                new Stat(
                    stat.type(),
                    stat.permissions(),
                    stat.owner(),
                    stat.size(),
                    stat.atime(),
                    time,
                    stat.ctime(),
                    stat.birth(),
                    stat.device(),
                    stat.inode(),
                    stat.links(),
                    stat.rdevMajor(),
                    stat.rdevMinor(),
                    stat.blocks()))
        .orElse(stat);
  }
}
