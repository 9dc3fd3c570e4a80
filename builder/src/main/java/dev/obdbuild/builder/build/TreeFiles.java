package dev.obdbuild.builder.build;

import dev.obdbuild.linux.file.DirEntry;
import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.llb.pattern.Glob;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.TreeDir;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks into an open tree of files; on mount threads only. */
final class TreeFiles {

  /** More than any message may carry. */
  private static final long LARGEST = 16 << 20;

  private TreeFiles() {}

  /** What is done with an open tree. */
  @FunctionalInterface
  interface Look<T> {
    T at(FileTree tree) throws IOException;
  }

  /**
   * The content of a file, symlinks followed inside the tree.
   *
   * @param length at most so many bytes; 0 for all
   * @throws NoSuchFileException when there is none
   */
  static Look<byte[]> read(String path, long offset, long length) {
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException("range " + offset + "+" + length + " of " + path);
    }
    return tree -> read(tree, path, offset, length);
  }

  private static byte[] read(FileTree tree, String path, long offset, long length)
      throws IOException {
    RawPath real = tree.resolve(RawPath.of(path), true);
    Stat stat = tree.find(real).orElseThrow(() -> missing(path));
    if (stat.type() != FileType.REGULAR) {
      throw new IOException("read " + path + ": not a regular file");
    }
    long rest = Math.max(0, stat.size() - offset);
    long wanted = length == 0 ? rest : Math.min(length, rest);
    if (wanted > LARGEST) {
      throw new IOException(
          "read " + path + ": " + wanted + " bytes, at most " + LARGEST + " at a time");
    }
    byte[] content = new byte[(int) wanted];
    try (OpenFile file = tree.read(real)) {
      file.readFully(MemorySegment.ofArray(content), offset);
      tree.confirm(real, file);
    }
    return content;
  }

  private static NoSuchFileException missing(String path) {
    return new NoSuchFileException("lstat " + path + ": no such file or directory");
  }

  /** What a path is, its last component not followed. */
  static FileEntry stat(FileTree tree, String path) throws IOException {
    RawPath real = tree.resolve(RawPath.of(path), false);
    if (real.isEmpty()) {
      try (TreeDir top = tree.top()) {
        return new FileEntry("/", top.stat(), "");
      }
    }
    try (TreeDir dir = folder(tree, real.parent(), path)) {
      if (tree.find(real).isEmpty()) {
        throw missing(path);
      }
      return entry(dir, real.name());
    }
  }

  /**
   * What is in a folder, sorted by name.
   *
   * @param pattern names to include, with wildcards; empty for all
   */
  static List<FileEntry> list(FileTree tree, String path, String pattern) throws IOException {
    Optional<Glob> wanted =
        pattern.isEmpty() ? Optional.empty() : Optional.of(Glob.perComponent(pattern));
    List<FileEntry> entries = new ArrayList<>();
    try (TreeDir dir = folder(tree, tree.resolve(RawPath.of(path), true), path)) {
      for (DirEntry entry : dir.list()) {
        if (wanted.isEmpty() || wanted.get().matches(entry.name().text())) {
          entries.add(entry(dir, entry.name()));
        }
      }
    }
    return entries;
  }

  private static TreeDir folder(FileTree tree, RawPath real, String path) throws IOException {
    if (real.isEmpty()) {
      return tree.top();
    }
    return tree.findDir(real).orElseThrow(() -> missing(path));
  }

  private static FileEntry entry(TreeDir dir, RawPath name) throws IOException {
    Stat stat = dir.stat(name);
    String target = stat.type() == FileType.SYMLINK ? dir.readlink(name).text() : "";
    return new FileEntry(name.text(), stat, target);
  }
}
