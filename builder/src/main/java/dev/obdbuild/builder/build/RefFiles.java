package dev.obdbuild.builder.build;

import dev.obdbuild.linux.file.DirEntry;
import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.worker.InputTree;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.Glob;
import dev.obdbuild.worker.content.TreeDir;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks into the files of refs. Thread-safe; what it opens it closes. */
public final class RefFiles {

  /** More than any message may carry. */
  private static final long LARGEST = 16 << 20;

  private final Build build;

  public RefFiles(Build build) {
    this.build = build;
  }

  /**
   * A file or folder.
   *
   * @param name in its folder
   * @param target of a symlink; empty otherwise
   */
  public record Entry(String name, Stat stat, String target) {}

  /** What is done with an open tree, on a mount thread. */
  @FunctionalInterface
  private interface Look<T> {
    T at(FileTree tree) throws IOException;
  }

  private <T> T look(Ref ref, Look<T> look) throws IOException {
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
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException("range " + offset + "+" + length + " of " + path);
    }
    return look(ref, tree -> read(tree, path, offset, length));
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
  public Entry stat(Ref ref, String path) throws IOException {
    return look(
        ref,
        tree -> {
          RawPath real = tree.resolve(RawPath.of(path), false);
          if (real.isEmpty()) {
            try (TreeDir top = tree.top()) {
              return new Entry("/", top.stat(), "");
            }
          }
          try (TreeDir dir = folder(tree, real.parent(), path)) {
            if (tree.find(real).isEmpty()) {
              throw missing(path);
            }
            return entry(dir, real.name());
          }
        });
  }

  /**
   * What is in a folder, sorted by name.
   *
   * @param pattern names to include, with wildcards; empty for all
   */
  public List<Entry> list(Ref ref, String path, String pattern) throws IOException {
    Optional<Glob> wanted =
        pattern.isEmpty() ? Optional.empty() : Optional.of(Glob.perComponent(pattern));
    return look(
        ref,
        tree -> {
          List<Entry> entries = new ArrayList<>();
          try (TreeDir dir = folder(tree, tree.resolve(RawPath.of(path), true), path)) {
            for (DirEntry entry : dir.list()) {
              if (wanted.isEmpty() || wanted.get().matches(entry.name().text())) {
                entries.add(entry(dir, entry.name()));
              }
            }
          }
          return entries;
        });
  }

  private static TreeDir folder(FileTree tree, RawPath real, String path) throws IOException {
    if (real.isEmpty()) {
      return tree.top();
    }
    return tree.findDir(real).orElseThrow(() -> missing(path));
  }

  private static Entry entry(TreeDir dir, RawPath name) throws IOException {
    Stat stat = dir.stat(name);
    String target = stat.type() == FileType.SYMLINK ? dir.readlink(name).text() : "";
    return new Entry(name.text(), stat, target);
  }

  /** The content of a file, or nothing if there is none. */
  Optional<byte[]> find(Ref ref, String path) throws IOException {
    try {
      return Optional.of(read(ref, path, 0, 0));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}
