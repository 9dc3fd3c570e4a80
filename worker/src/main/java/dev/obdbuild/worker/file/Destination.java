package dev.obdbuild.worker.file;

import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.Owner;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.file.UnixTime;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The folder that is written to, and what new files in it get when nothing else is said.
 *
 * @param root borrowed
 * @param owner of everything made or copied; empty leaves what is (copies) or root (new files)
 * @param time of everything made or copied
 */
record Destination(Root root, Optional<Owner> owner, Optional<UnixTime> time) {

  static Optional<UnixTime> time(long timestamp) {
    return timestamp == dev.obdbuild.llb.FileAction.TIME_UNSET
        ? Optional.empty()
        : Optional.of(
            new UnixTime(
                Math.floorDiv(timestamp, 1_000_000_000L),
                (int) Math.floorMod(timestamp, 1_000_000_000L)));
  }

  /** A directory that {@link #mkdirs} made. */
  private record Made(RawPath parent, RawPath name) {}

  /**
   * Makes what is missing of {@code path}, symlinks followed. Times are set once {@code then} has
   * put files in.
   */
  void mkdirs(RawPath path, int permissions, Then then) throws IOException {
    List<Made> made = new ArrayList<>();
    RawPath real =
        root.mkdirs(
            path,
            permissions,
            (parent, name) -> {
              dress(parent, name);
              made.add(new Made(parent.path(), name));
            });
    then.run(real);
    if (time.isPresent()) {
      for (Made dir : made.reversed()) {
        try (Dir parent = root.dir(dir.parent())) {
          parent.times(dir.name(), time.get(), time.get());
        }
      }
    }
  }

  /** What is done with a directory just made. */
  interface Then {
    void run(RawPath real) throws IOException;
  }

  /** Gives a name just made its owner and time, where they are set. */
  void dress(Dir parent, RawPath name) throws IOException {
    if (owner.isPresent()) {
      parent.chown(name, owner.get());
    }
    if (time.isPresent()) {
      parent.times(name, time.get(), time.get());
    }
  }
}
