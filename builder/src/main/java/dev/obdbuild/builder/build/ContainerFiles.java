package dev.obdbuild.builder.build;

import dev.obdbuild.worker.GatewayContainer;
import dev.obdbuild.worker.content.FileTree;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;

/** Looks into the files that a container has now. Thread-safe; borrows the container. */
public final class ContainerFiles {

  private final Build build;
  private final GatewayContainer container;
  private final int mount;

  /**
   * @param mount index of the container's mount that is looked into
   */
  public ContainerFiles(Build build, GatewayContainer container, int mount) {
    this.build = build;
    this.container = container;
    this.mount = mount;
  }

  private <T> T look(TreeFiles.Look<T> look) throws IOException {
    FileTree tree = container.files(mount);
    return build
        .engine()
        .snapshots()
        .mountThreads()
        .call(
            () -> {
              try (tree) {
                return look.at(tree);
              }
            });
  }

  /**
   * The content of a file, symlinks followed inside the mount.
   *
   * @param length at most so many bytes; 0 for all
   * @throws NoSuchFileException when there is none
   */
  public byte[] read(String path, long offset, long length) throws IOException {
    return look(TreeFiles.read(path, offset, length));
  }

  /** What a path is, its last component not followed. */
  public FileEntry stat(String path) throws IOException {
    return look(tree -> TreeFiles.stat(tree, path));
  }

  /**
   * What is in a folder, sorted by name.
   *
   * @param pattern names to include, with wildcards; empty for all
   */
  public List<FileEntry> list(String path, String pattern) throws IOException {
    return look(tree -> TreeFiles.list(tree, path, pattern));
  }
}
