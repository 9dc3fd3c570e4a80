package dev.obdbuild.backstore.device;

import dev.obdbuild.backstore.tcmu.ScsiDisk;
import dev.obdbuild.backstore.tcmu.TargetName;
import dev.obdbuild.backstore.tcmu.TcmuTarget;
import dev.obdbuild.linux.mount.MountPoint;
import dev.obdbuild.linux.mount.MountTable;
import dev.obdbuild.linux.mount.Mounts;
import java.io.IOException;
import java.util.Optional;

/** Undoes TCMU devices whose process is dead; their users are cut off. */
final class TcmuSweep {
  private TcmuSweep() {}

  static void undoAll(String owner) throws IOException {
    for (TcmuTarget target : TcmuTarget.ownedBy(owner)) {
      undo(target);
    }
  }

  static void undo(TargetName name) throws IOException {
    for (TcmuTarget target : TcmuTarget.ownedBy(name.owner())) {
      if (target.name().equals(name)) {
        undo(target);
      }
    }
  }

  private static void undo(TcmuTarget target) throws IOException {
    Optional<ScsiDisk> disk = fail(target);
    if (disk.isPresent()) {
      String node = disk.get().node().path().toString();
      for (MountPoint mount : MountTable.read().from(node).reversed()) {
        Mounts.detach(mount.target());
      }
    }
    target.disconnect();
    if (disk.isPresent()) {
      disk.get().forget();
    }
    target.remove();
  }

  static void release(String owner) throws IOException {
    for (TcmuTarget target : TcmuTarget.ownedBy(owner)) {
      var _ = fail(target);
    }
  }

  /** Has what waits for the disk fail, and all that comes. @return the disk, if there is one */
  private static Optional<ScsiDisk> fail(TcmuTarget target) throws IOException {
    target.fail();
    return target.connected() ? target.diskIfThere() : Optional.empty();
  }
}
