package dev.obdbuild.worker;

import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.Owner;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.file.UnixTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * A file that is all there is in a filesystem.
 *
 * @param name one component
 * @param modified the beginning of 1970 if empty
 */
record PlacedFile(String name, int permissions, int uid, int gid, Optional<Instant> modified) {

  /** Copies bytes to it. Platform threads only. */
  void put(Path bytes, Path folder) throws IOException {
    // The folder was empty: the name is nobody's symlink.
    Files.copy(bytes, folder.resolve(name));
    RawPath file = RawPath.of(name);
    UnixTime time = new UnixTime(modified.map(Instant::getEpochSecond).orElse(0L), 0);
    try (Root root = Root.open(folder);
        Dir top = root.dir(RawPath.EMPTY)) {
      top.chown(file, new Owner(uid, gid));
      top.chmod(file, permissions);
      top.times(file, time, time);
    }
  }
}
