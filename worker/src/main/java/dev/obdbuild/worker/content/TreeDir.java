package dev.obdbuild.worker.content;

import dev.obdbuild.linux.file.DirEntry;
import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Stat;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An open directory of a {@link FileTree}. Names are single components, never followed. Belongs to
 * one thread.
 */
public interface TreeDir extends Closeable {
  /** Where it lies in its tree. */
  RawPath path();

  /** What is in it, sorted by bytes. */
  List<DirEntry> list() throws IOException;

  /** What it is itself. */
  Stat stat() throws IOException;

  /** Its own extended attributes. */
  Map<String, byte[]> xattrs() throws IOException;

  /** What {@code name} is. */
  Stat stat(RawPath name) throws IOException;

  /** The extended attributes of {@code name}. */
  Map<String, byte[]> xattrs(RawPath name) throws IOException;

  /** What the symlink {@code name} holds. */
  RawPath readlink(RawPath name) throws IOException;

  /**
   * The 32 bytes of the sha256 of the regular file {@code name}, where the tree knows it without
   * reading; else null.
   */
  default byte @Nullable [] knownSha256(RawPath name) {
    return null;
  }

  /** Opens the directory {@code name}; the caller closes it. */
  TreeDir open(RawPath name) throws IOException;

  /**
   * The bytes of the regular file {@code name}, where they are few and opening a file for them
   * would be a detour; else null.
   */
  default byte @Nullable [] bytes(RawPath name) throws IOException {
    return null;
  }

  /** The extended attributes of {@code name}, which is open as {@code file}. */
  default Map<String, byte[]> xattrs(RawPath name, OpenFile file) throws IOException {
    return file.xattrs();
  }

  /** Opens the regular file {@code name}; the caller closes it. */
  OpenFile read(RawPath name) throws IOException;

  /**
   * Checks, after {@code file} was read, that it is still what the tree promised.
   *
   * @throws SourceChangedException when it was written to meanwhile
   */
  void confirm(RawPath name, OpenFile file) throws IOException;
}
