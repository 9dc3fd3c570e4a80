package dev.obdbuild.backstore.device;

import dev.obdbuild.backstore.tcmu.TargetName;
import dev.obdbuild.linux.fuse.FuseConnection;
import dev.obdbuild.linux.loop.LoopDevice;
import dev.obdbuild.linux.mount.MountPoint;
import dev.obdbuild.linux.mount.MountTable;
import dev.obdbuild.linux.mount.Mounts;
import dev.obdbuild.linux.process.Keeper;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Undoes what a dead process exported. Only for resources whose owner is known to be dead: users of
 * them are cut off. Works on what this mount namespace shows; what died with another one needs no
 * undoing.
 */
public final class DeviceSweep {
  /**
   * Kind of a journal record whose detail is the path of a file that FUSE is mounted on, with a
   * loop over it.
   */
  public static final String FUSE_LOOP = "fuse-loop";

  /** Kind of a journal record whose detail is the name of a TCMU device. */
  public static final String TCMU = "tcmu";

  private DeviceSweep() {}

  /**
   * Undoes one record of a {@link ResourceJournal}. What was never made, or is gone already, is no
   * error.
   *
   * @throws IllegalArgumentException for a kind that no exporter records
   */
  public static void undo(String kind, String detail) throws IOException {
    switch (kind) {
      case FUSE_LOOP -> {
        Path file = Path.of(detail);
        undo(file::equals);
        Files.deleteIfExists(file);
      }
      case TCMU -> TcmuSweep.undo(TargetName.parse(detail));
      default -> throw new IllegalArgumentException("resource kind '" + kind + "'");
    }
  }

  /** Undoes all that exporters made in a folder, and empties it. */
  public static void undoBelow(Path folder) throws IOException {
    Path absolute = folder.toAbsolutePath().normalize();
    undo(file -> file.startsWith(absolute));
    TcmuSweep.undoAll(TargetName.owner(absolute));
    if (Files.isDirectory(absolute)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(absolute)) {
        for (Path file : files) {
          Files.delete(file);
        }
      }
    }
  }

  /**
   * Fails what waits for TCMU devices that were exported for a folder, so that a killed process can
   * end whose threads wait for devices that it served itself.
   */
  public static void release(Path folder) throws IOException {
    TcmuSweep.release(TargetName.owner(folder));
  }

  /**
   * Fails, by the kernel, whatever uses a device whose server is away. Nothing happens when the
   * node is another device's by now.
   *
   * @param name as it was given to the exporter
   * @param connection the kernel's number of its FUSE connection; 0 if it is a TCMU device
   */
  public static void cutOff(Path node, String name, int connection) throws IOException {
    if (connection == 0) {
      TcmuSweep.fail(node, name);
      return;
    }
    Optional<LoopDevice> loop = LoopDevice.ofNode(node);
    Optional<Path> file = loop.isPresent() ? loop.get().backingFile() : Optional.empty();
    // While the loop has the file the connection is there, and its number nobody else's.
    if (file.isPresent() && file.get().getFileName().toString().startsWith(name + "-")) {
      var _ = new FuseConnection(connection).abort();
    }
  }

  /**
   * Fails whatever uses a device whose server is gone for good, so that it can be unmounted: with a
   * keeper, or on TCMU, its users would wait for the next server.
   */
  public static void cutOff(Path node) throws IOException {
    Optional<LoopDevice> loop = LoopDevice.ofNode(node);
    if (loop.isEmpty()) {
      TcmuSweep.fail(node);
      return;
    }
    Optional<Path> file = loop.get().backingFile();
    if (file.isPresent()) {
      cutOff(file.get()::equals);
    }
  }

  /** Unmounts what a dead process mounted of a device, wherever this namespace shows it. */
  public static void detachFrom(Path node) throws IOException {
    for (MountPoint mount : MountTable.read().from(node.toString()).reversed()) {
      Mounts.detach(mount.target());
    }
  }

  private static void cutOff(Predicate<Path> ours) throws IOException {
    // A dead server's requests fail by themselves; one that is stopped, not dead, would hang what
    // follows.
    for (MountPoint mount : MountTable.read().mounts()) {
      if (mount.type().equals("fuse.obd") && ours.test(mount.target())) {
        new FuseConnection(mount.minor()).abort();
      }
    }
    // Keepers hold loop devices open, and sessions whose mount this namespace does not show.
    for (Keeper keeper : Keeper.all()) {
      if (KeptFile.of(keeper).filter(kept -> ours.test(kept.file())).isPresent()) {
        keeper.end();
      }
    }
  }

  private static void undo(Predicate<Path> ours) throws IOException {
    cutOff(ours);
    for (LoopDevice loop : LoopDevice.attached()) {
      if (loop.backingFile().filter(ours).isPresent()) {
        detachFrom(loop.node());
        loop.clear();
      }
    }
    for (MountPoint mount : MountTable.read().mounts().reversed()) {
      if (mount.type().equals("fuse.obd") && ours.test(mount.target())) {
        Mounts.detach(mount.target());
      }
    }
  }
}
