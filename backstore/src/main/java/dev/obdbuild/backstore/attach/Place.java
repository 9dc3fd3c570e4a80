package dev.obdbuild.backstore.attach;

import dev.obdbuild.linux.process.ProcessIdentity;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One attached image's folder, named by the process that serves it: {@code attached} tells about
 * the image, {@code devices} is for the exporter. Closing it removes the folder.
 */
public final class Place implements AutoCloseable {
  private static final String ATTACHED = "attached";
  private static final String DEVICES = "devices";
  private static final Pattern NAME = Pattern.compile("([0-9]{1,10})-([0-9]{1,18})-[0-9a-f]{8}");

  private final Path folder;

  private Place(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes a folder of this process in {@code parent}.
   *
   * @param suffix 8 hexadecimal digits that no other one of this process has
   */
  static Place make(Path parent, String suffix) throws IOException {
    ProcessIdentity self = ProcessIdentity.self();
    Path folder = parent.resolve(self.pid() + "-" + self.startTicks() + "-" + suffix);
    Files.createDirectory(folder);
    Files.createDirectory(devices(folder));
    return new Place(folder);
  }

  static Path devices(Path folder) {
    return folder.resolve(DEVICES);
  }

  /** Folder for the exporter's files. */
  public Path devices() {
    return devices(folder);
  }

  /** Tells other processes, in place of what was told before. */
  public void announce(Attached image) throws IOException {
    Path next = folder.resolve(ATTACHED + ".next");
    Files.write(next, image.toJson());
    Files.move(next, folder.resolve(ATTACHED), StandardCopyOption.ATOMIC_MOVE);
  }

  static Optional<Attached> read(Path folder) throws IOException {
    Path file = folder.resolve(ATTACHED);
    try {
      return Optional.of(Attached.of(Files.readAllBytes(file), file.toString()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Whether the process that made the folder is dead. False for a folder that is none of ours. */
  static boolean isAbandoned(Path folder) throws IOException {
    Matcher name = NAME.matcher(folder.getFileName().toString());
    return name.matches()
        && !new ProcessIdentity(Long.parseLong(name.group(1)), Long.parseLong(name.group(2)))
            .holds();
  }

  static void remove(Path folder) throws IOException {
    Files.deleteIfExists(devices(folder));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  @Override
  public void close() throws IOException {
    remove(folder);
  }
}
