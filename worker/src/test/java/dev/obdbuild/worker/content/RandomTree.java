package dev.obdbuild.worker.content;

import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.DirEntry;
import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.Owner;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.file.UnixTime;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Trees of every kind of file, with odd names, owners, modes, times, attributes and links that
 * point anywhere.
 */
public final class RandomTree {
  private static final List<FileType> SPECIAL =
      List.of(FileType.FIFO, FileType.SOCKET, FileType.CHARACTER);

  private final SplittableRandom random;
  private final Root root;
  private final List<RawPath> files = new ArrayList<>();

  private RandomTree(SplittableRandom random, Root root) {
    this.random = random;
    this.root = root;
  }

  /** Fills {@code folder}. */
  public static void make(Path folder, SplittableRandom random) throws IOException {
    try (Root root = Root.open(folder);
        Dir top = root.dir(RawPath.EMPTY)) {
      new RandomTree(random, root).fill(top, 3);
    }
  }

  private void fill(Dir dir, int depth) throws IOException {
    int count = random.nextInt(1, 6);
    for (int i = 0; i < count; i++) {
      RawPath name = name();
      if (dir.find(name).isEmpty()) {
        entry(dir, name, depth);
      }
    }
    // Times of directories come last, when nothing is put into them any more.
    for (DirEntry entry : dir.list()) {
      dir.times(entry.name(), time(), time());
    }
  }

  private void entry(Dir dir, RawPath name, int depth) throws IOException {
    switch (random.nextInt(depth > 0 ? 8 : 6)) {
      case 0 -> dir.symlink(name, target());
      case 1 -> {
        dir.mknod(
            name,
            SPECIAL.get(random.nextInt(SPECIAL.size())),
            random.nextInt(512),
            1,
            random.nextInt(100_000));
      }
      case 2 -> {
        if (files.isEmpty()) {
          file(dir, name);
        } else {
          RawPath other = files.get(random.nextInt(files.size()));
          try (Dir in = root.dir(other.parent())) {
            dir.link(name, in, other.name());
          }
        }
      }
      case 3, 4, 5 -> file(dir, name);
      default -> {
        dir.mkdir(name, 0700 | random.nextInt(01000));
        try (Dir below = dir.openDir(name)) {
          fill(below, depth - 1);
        }
      }
    }
    dir.chown(name, new Owner(random.nextInt(100_000), random.nextInt(5)));
  }

  private void file(Dir dir, RawPath name) throws IOException {
    try (OpenFile file = dir.createFile(name)) {
      byte[] bytes =
          new byte[random.nextInt(4) == 0 ? random.nextInt(300_000) : random.nextInt(100)];
      random.nextBytes(bytes);
      file.write(
          MemorySegment.ofArray(bytes), random.nextInt(3) == 0 ? random.nextInt(2_000_000) : 0);
      file.chmod(random.nextInt(010000));
      if (random.nextInt(4) == 0) {
        file.setXattr("user.k" + random.nextInt(3), new byte[] {(byte) random.nextInt(), 0});
      }
    }
    files.add(dir.path().child(name));
  }

  private RawPath name() {
    byte[] bytes = new byte[random.nextInt(1, 4)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) "abc*?[\\ \n\u00ff".charAt(random.nextInt(10));
    }
    return RawPath.ofBytes(bytes);
  }

  private RawPath target() {
    List<String> targets =
        List.of("a", "..", "../../../../etc", "/etc/hostname", "/", ".", "b/../c", "nowhere");
    return RawPath.of(targets.get(random.nextInt(targets.size())));
  }

  private UnixTime time() {
    return new UnixTime(
        random.nextLong(-2_000_000_000L, 9_000_000_000L), random.nextInt(1_000_000_000));
  }
}
