package dev.obdbuild.backstore.serve;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A server's folder: what it serves, written down before it is made; what failed; and a lock, so
 * that one process at a time has it. {@code devices} is for the exporter.
 */
final class SpecFiles implements AutoCloseable {
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final String SPEC = ".spec";
  private static final String BAD = ".bad";
  private static final String FAILED = ".failed";

  private final Path specs;
  private final Path devices;
  private final FileChannel lock;

  private SpecFiles(Path specs, Path devices, FileChannel lock) {
    this.specs = specs;
    this.devices = devices;
    this.lock = lock;
  }

  /** Makes the folder when it is missing. */
  static SpecFiles open(Path folder) throws IOException {
    Path specs = folder.resolve("specs");
    Path devices = folder.resolve("devices");
    Files.createDirectories(specs, PRIVATE);
    Files.createDirectories(devices, PRIVATE);
    FileChannel lock =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!locked(lock)) {
      lock.close();
      throw new IOException("another process serves the devices of " + folder);
    }
    return new SpecFiles(specs, devices, lock);
  }

  private static boolean locked(FileChannel lock) throws IOException {
    try {
      FileLock held = lock.tryLock();
      return held != null; // held until the channel is closed
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  Path devices() {
    return devices;
  }

  void write(DeviceSpec spec) throws IOException {
    Path next = specs.resolve(spec.key() + ".next");
    Files.write(next, Wire.encode(spec));
    Files.move(next, specs.resolve(spec.key() + SPEC), StandardCopyOption.ATOMIC_MOVE);
  }

  void remove(String key) throws IOException {
    Files.deleteIfExists(specs.resolve(key + SPEC));
    Files.deleteIfExists(specs.resolve(key + FAILED));
  }

  /** What a server before this one wrote down; what cannot be read is put aside. */
  List<DeviceSpec> all() throws IOException {
    List<DeviceSpec> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(specs, "*" + SPEC)) {
      for (Path file : files) {
        try {
          found.add(Wire.spec(Files.readAllBytes(file)));
        } catch (IOException | RuntimeException e) {
          // Of another version, or damaged: its device is taken away, the others go on.
          Files.move(file, file.resolveSibling(file.getFileName() + BAD), REPLACE_EXISTING);
        }
      }
    }
    return found;
  }

  /** Where the failure of a device is told. */
  Path failure(String key) {
    return specs.resolve(key + FAILED);
  }

  /** What was told there. */
  Optional<String> failed(String key) throws IOException {
    try {
      return Optional.of(Files.readString(failure(key)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
