package dev.obdbuild.linux.file;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Folders of the host with all they hold, while others may be at work in them; symlinks are never
 * followed. By the JDK's own calls: short commands that need nothing else of this package do not
 * wait until its functions are bound.
 */
public final class Trees {
  private Trees() {}

  /**
   * Removes a file or a folder with all it holds, however deep; nothing happens when it is not
   * there. The caller has made sure that nothing is mounted below.
   */
  public static void remove(Path tree) throws IOException {
    Path absolute = tree.toAbsolutePath();
    Path parent = Objects.requireNonNull(absolute.getParent(), "the root has no parent");
    try (DirectoryStream<Path> folder = Files.newDirectoryStream(parent)) {
      remove((SecureDirectoryStream<Path>) folder, absolute.getFileName());
    } catch (NoSuchFileException e) {
      return; // then what would be in it is not there either
    }
  }

  private static void remove(SecureDirectoryStream<Path> folder, Path name) throws IOException {
    try {
      if (isDirectory(folder, name)) {
        try (SecureDirectoryStream<Path> below =
            folder.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
          for (Path each : names(below)) {
            remove(below, each);
          }
        }
        folder.deleteDirectory(name);
      } else {
        folder.deleteFile(name);
      }
    } catch (NoSuchFileException e) {
      return; // somebody else has removed it
    }
  }

  private static boolean isDirectory(SecureDirectoryStream<Path> folder, Path name)
      throws IOException {
    return folder
        .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .readAttributes()
        .isDirectory();
  }

  /** All of them, before any is removed: not every filesystem goes on well in between. */
  private static List<Path> names(DirectoryStream<Path> folder) throws IOException {
    List<Path> names = new ArrayList<>();
    try {
      for (Path entry : folder) {
        names.add(entry.getFileName());
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return names;
  }

  /**
   * The sum of the sizes of all files below a folder, in bytes; of a symlink, that of its text.
   * What is removed meanwhile does not count.
   *
   * @throws IOException when anything else cannot be read
   */
  public static long bytes(Path tree) throws IOException {
    Sum sum = new Sum();
    Files.walkFileTree(tree, sum);
    return sum.bytes;
  }

  private static final class Sum extends SimpleFileVisitor<Path> {
    private long bytes;

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      bytes += attributes.size();
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      if (e instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE; // removed since its folder was listed
      }
      throw e;
    }
  }
}
