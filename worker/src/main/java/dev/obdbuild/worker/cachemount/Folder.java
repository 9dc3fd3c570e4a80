package dev.obdbuild.worker.cachemount;

import dev.obdbuild.linux.file.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;

/** Where a folder and what belongs to it lies on the host. Whoever changes it holds its lock. */
record Folder(Path home, int number) {

  private static final String DATA = "data";
  private static final String NEW = "new";

  /** Holds the folder; there, empty, when that is layers on a device. */
  Path place() {
    return home.resolve(Integer.toString(number));
  }

  Path data() {
    return place().resolve(DATA);
  }

  Path lock() {
    return home.resolve(number + ".lock");
  }

  Path deviceLock() {
    return home.resolve(number + ".device");
  }

  /** Under which the store keeps its layers. */
  String name() {
    return home.getFileName() + "/" + number;
  }

  /** Makes the folder; one that could not be filled is none. */
  void make(InitialContent initial) throws IOException {
    Files.createDirectories(place());
    Path fresh = place().resolve(NEW);
    Trees.remove(fresh);
    Files.createDirectory(fresh);
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
    initial.write(fresh);
    Files.move(fresh, data());
  }

  /** The place of the folder tells when it was used last. */
  void touch() throws IOException {
    Files.setLastModifiedTime(place(), FileTime.from(Instant.now()));
  }

  /** Removes what lies on the host, also what a killed process has left; its place stays. */
  void removeData() throws IOException {
    Trees.remove(data());
  }

  void removeAll() throws IOException {
    Trees.remove(place());
  }

  /** Sum of the sizes of its files on the host; a step may be at work in it. */
  long bytes() throws IOException {
    return Trees.bytes(place());
  }
}
