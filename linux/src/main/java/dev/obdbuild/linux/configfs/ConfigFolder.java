package dev.obdbuild.linux.configfs;

import dev.obdbuild.linux.mount.Mounts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One object of the kernel, shown as a folder. Making and removing the folder makes and removes the
 * object; files in it are its attributes, links in it tie it to others. Nothing here creates
 * attributes: they come with the object.
 */
public record ConfigFolder(Path path) {
  private static final Path ROOT = Path.of("/sys/kernel/config");

  /**
   * The top, which is mounted if it is not.
   *
   * @throws IOException when the kernel has no configfs, or this process may not mount it
   */
  public static ConfigFolder root() throws IOException {
    if (!Files.isDirectory(ROOT)) {
      throw new NoSuchFileException(ROOT.toString(), null, "the kernel has no configfs loaded");
    }
    if (!Files.getFileStore(ROOT).type().equals("configfs")) {
      Mounts.mount("none", ROOT, "configfs", Set.of(), "");
    }
    return new ConfigFolder(ROOT);
  }

  /** An object below this one; it need not exist. */
  public ConfigFolder child(String name) {
    return new ConfigFolder(path.resolve(name));
  }

  /** The last part of the path. */
  public String name() {
    return path.getFileName().toString();
  }

  public boolean exists() {
    return Files.isDirectory(path);
  }

  /** Makes the object. @throws java.nio.file.FileAlreadyExistsException if it is there */
  public void make() throws IOException {
    Files.createDirectory(path);
  }

  /** Removes the object and nothing below it; one that is not there is no error. */
  public void remove() throws IOException {
    Files.deleteIfExists(path);
  }

  /** Sets an attribute, by one write(2) as the kernel wants it. */
  public void set(String attribute, String value) throws IOException {
    ByteBuffer text = ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8));
    Path file = path.resolve(attribute);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      int written = channel.write(text);
      if (text.hasRemaining()) {
        throw new IOException(file + " took " + written + " bytes of '" + value + "'");
      }
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException("'" + value + "' to " + file + ": " + e.getMessage(), e);
    }
  }

  /** An attribute's text, without surrounding blanks. */
  public String get(String attribute) throws IOException {
    return Files.readString(path.resolve(attribute)).strip();
  }

  /** Ties this object to another. */
  public void link(String name, ConfigFolder target) throws IOException {
    Files.createSymbolicLink(path.resolve(name), target.path());
  }

  /** Unties all that this object is tied to. */
  public void unlinkAll() throws IOException {
    if (exists()) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
        for (Path entry : entries) {
          if (Files.isSymbolicLink(entry)) {
            Files.deleteIfExists(entry);
          }
        }
      }
    }
  }

  /** Objects below this one whose names match a glob; none when this one does not exist. */
  public List<ConfigFolder> children(String glob) throws IOException {
    List<ConfigFolder> found = new ArrayList<>();
    if (exists()) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(path, glob)) {
        for (Path entry : entries) {
          if (Files.isDirectory(entry)) {
            found.add(new ConfigFolder(entry));
          }
        }
      }
    }
    return found;
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
