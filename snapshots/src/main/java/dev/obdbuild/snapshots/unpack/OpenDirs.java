package dev.obdbuild.snapshots.unpack;

import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.file.UnixTime;
import dev.obdbuild.linux.sys.Closing;
import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The directories used last, kept open so that an entry costs no path walk, and the time that each
 * directory touched shall have in the end. Keys are paths as the archive spells them, cleaned.
 */
final class OpenDirs implements Closeable {
  /** More than two, so that a directory just handed out survives opening another one. */
  private static final int MOST_OPEN = 128;

  private static final UnixTime EPOCH = new UnixTime(0, 0);

  private final Root root;
  private final LinkedHashMap<RawPath, Dir> open = new LinkedHashMap<>(64, 0.75f, true);
  private final Map<RawPath, UnixTime> times = new LinkedHashMap<>();

  OpenDirs(Root root) {
    this.root = root;
  }

  /**
   * The directory at {@code path}, made with what is missing above it (0755, root, 1970) when it is
   * not there.
   */
  Dir make(RawPath path) throws IOException {
    Optional<Dir> there = find(path);
    if (there.isPresent()) {
      return there.get();
    }
    root.mkdirs(path, 0755, (parent, name) -> setTime(parent.path().child(name), EPOCH));
    return keep(path, root.dir(path));
  }

  /** The directory at {@code path}; empty when there is none. */
  Optional<Dir> find(RawPath path) throws IOException {
    Dir kept = open.get(path);
    if (kept != null) {
      return Optional.of(kept);
    }
    Optional<Dir> found = root.findDir(path);
    if (found.isPresent()) {
      keep(path, found.get());
    }
    return found;
  }

  private Dir keep(RawPath path, Dir dir) throws IOException {
    open.put(path, dir);
    if (!times.containsKey(path)) {
      times.put(path, dir.stat().mtime());
    }
    if (open.size() > MOST_OPEN) {
      Iterator<Dir> eldest = open.values().iterator();
      Dir closing = eldest.next();
      eldest.remove();
      closing.close();
    }
    return dir;
  }

  /** The time that the directory at {@code path} gets in the end. */
  void setTime(RawPath path, UnixTime mtime) {
    times.put(path, mtime);
  }

  /**
   * A further descriptor of the directory at {@code path}, which the caller closes; empty when
   * there is none.
   */
  Optional<Dir> reopen(RawPath path) throws IOException {
    return find(path).isEmpty() ? Optional.empty() : Optional.of(root.dir(path));
  }

  /**
   * The directory or symlink at {@code path} is gone, with all below it. Everything but {@code
   * keep} is closed, since the same directory may be open under other spellings.
   */
  void forget(RawPath path, Dir keep) throws IOException {
    times.keySet().removeIf(known -> known.isWithin(path));
    Iterator<Dir> all = open.values().iterator();
    while (all.hasNext()) {
      Dir dir = all.next();
      if (dir != keep) {
        all.remove();
        dir.close();
      }
    }
  }

  /** Gives every directory touched its time: the archive's, or the one it had before. */
  void applyTimes() throws IOException {
    for (Map.Entry<RawPath, UnixTime> entry : List.copyOf(times.entrySet())) {
      Optional<Dir> dir = find(entry.getKey());
      if (dir.isPresent()) {
        dir.get().times(entry.getValue(), entry.getValue());
      }
    }
  }

  @Override
  public void close() throws IOException {
    Closing closing = new Closing();
    open.values().forEach(closing::add);
    open.clear();
    closing.close();
  }
}
