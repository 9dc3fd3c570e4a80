package dev.obdbuild.worker.exec;

import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.file.Stat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The empty files and folders that mounts need as their targets in the root filesystem. They are
 * made before the container starts, so that {@link #close} knows which of the parents' times come
 * from them: those are set back, what the step itself changed stays.
 */
final class MountStubs implements AutoCloseable {

  /** Below these the runtime mounts file systems of its own. */
  private static final List<RawPath> SYSTEM =
      List.of(RawPath.of("dev"), RawPath.of("proc"), RawPath.of("sys"));

  private static final int DIRECTORY_MODE = 0755;
  private static final int FILE_MODE = 0644;

  private final Root root;
  private final List<Stub> made = new ArrayList<>();

  /** A name that was made, and its parent's state before and right after. */
  private record Stub(RawPath parent, RawPath name, Stat before, Stat after) {}

  private MountStubs(Root root) {
    this.root = root;
  }

  /** Makes the targets that are missing below a root filesystem. */
  static MountStubs before(Path rootfs, List<ContainerMount> mounts) throws IOException {
    MountStubs stubs = new MountStubs(Root.open(rootfs));
    try {
      List<RawPath> covered = new ArrayList<>(SYSTEM);
      for (ContainerMount mount : mounts) {
        RawPath target = stubs.root.resolve(RawPath.of(mount.target()), true).clean();
        if (covered.stream().noneMatch(target::isWithin)) {
          stubs.make(target, isFile(mount));
        }
        covered.add(target);
      }
      return stubs;
    } catch (IOException | RuntimeException e) {
      try (stubs) {
        throw e;
      }
    }
  }

  private static boolean isFile(ContainerMount mount) {
    return switch (mount) {
      case ContainerMount.Bind b -> !Files.isDirectory(b.source());
      case ContainerMount.Vendor v -> v.type().isEmpty() && !Files.isDirectory(v.source());
      case ContainerMount.Tmpfs t -> false;
      case ContainerMount.Secret s -> true;
    };
  }

  private void make(RawPath target, boolean file) throws IOException {
    RawPath at = RawPath.EMPTY;
    List<RawPath> names = target.components();
    for (int i = 0; i < names.size(); i++) {
      RawPath name = names.get(i);
      try (Dir dir = root.dir(at)) {
        if (dir.find(name).isEmpty()) {
          Stat before = dir.stat();
          if (file && i == names.size() - 1) {
            try (var created = dir.createFile(name)) {
              created.chmod(FILE_MODE);
            }
          } else {
            dir.mkdir(name, DIRECTORY_MODE);
          }
          made.add(new Stub(at, name, before, dir.stat()));
        }
      }
      at = at.child(name);
    }
  }

  /** Removes every stub that is still empty and sets its parent's times back. */
  @Override
  public void close() throws IOException {
    try (root) {
      for (Stub stub : made.reversed()) {
        Optional<Dir> parent = root.findDir(stub.parent());
        if (parent.isPresent()) {
          try (Dir dir = parent.get()) {
            remove(dir, stub);
          }
        }
      }
    }
  }

  private static void remove(Dir dir, Stub stub) throws IOException {
    Optional<Stat> there = dir.find(stub.name());
    if (there.isEmpty()) {
      return;
    }
    Stat now = dir.stat();
    if (there.get().isDirectory()) {
      try (Dir inner = dir.openDir(stub.name())) {
        if (!inner.list().isEmpty()) {
          return;
        }
      }
      dir.rmdir(stub.name());
    } else if (there.get().isRegular() && there.get().size() == 0) {
      dir.unlink(stub.name());
    } else {
      return;
    }
    Stat kept = now.mtime().equals(stub.after().mtime()) ? stub.before() : now;
    dir.times(kept.atime(), kept.mtime());
  }
}
