package dev.obdbuild.linux.fuse;

import dev.obdbuild.linux.mount.MountTable;
import dev.obdbuild.linux.mount.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * The kernel's side of a session as /sys/fs/fuse/connections names it.
 *
 * @param minor the minor device number of the mounted filesystem
 */
public record FuseConnection(int minor) {
  private static final Path CONTROL = Path.of("/sys/fs/fuse/connections");

  /**
   * Fails every waiting and later access at once, whatever the server does, even when it is
   * stopped.
   *
   * @return false when the connection is gone already
   */
  public boolean abort() throws IOException {
    if (MountTable.read().at(CONTROL).isEmpty()) {
      Mounts.mount("fusectl", CONTROL, "fusectl", Set.of(), "");
    }
    try {
      Files.writeString(
          CONTROL.resolve(Integer.toString(minor)).resolve("abort"), "1", StandardOpenOption.WRITE);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }
}
