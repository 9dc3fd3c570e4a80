package dev.obdbuild.builder.build;

import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.worker.InputTree;
import dev.obdbuild.worker.file.ArchiveTime;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Looks into the files of refs. Thread-safe; what it opens it closes. */
public final class RefFiles {

  private final Build build;

  public RefFiles(Build build) {
    this.build = build;
  }

  private <T> T look(Ref ref, TreeFiles.Look<T> look) throws IOException {
    try (InputTree input = build.open(ref)) {
      T found = build.engine().snapshots().mountThreads().call(() -> look.at(input.tree()));
      input.confirm();
      return found;
    }
  }

  /**
   * The content of a file, symlinks followed inside the tree.
   *
   * @param length at most so many bytes; 0 for all
   * @throws NoSuchFileException when there is none
   */
  public byte[] read(Ref ref, String path, long offset, long length) throws IOException {
    return look(ref, TreeFiles.read(path, offset, length));
  }

  /** What a path is, its last component not followed. */
  public FileEntry stat(Ref ref, String path) throws IOException {
    return look(ref, tree -> TreeFiles.stat(tree, path));
  }

  /**
   * What is in a folder, sorted by name.
   *
   * @param pattern names to include, with wildcards; empty for all
   */
  public List<FileEntry> list(Ref ref, String path, String pattern) throws IOException {
    return look(ref, tree -> TreeFiles.list(tree, path, pattern));
  }

  /** When the newest file of an archive was changed; empty if it is none. */
  Optional<Instant> newest(Ref ref, String archive) throws IOException {
    return look(ref, tree -> ArchiveTime.newest(tree, tree.resolve(RawPath.of(archive), true)));
  }
}
