package dev.obdbuild.snapshots.sweep;

import dev.obdbuild.backstore.device.DeviceSweep;
import dev.obdbuild.backstore.serve.RemoteExporter;
import dev.obdbuild.linux.file.Trees;
import dev.obdbuild.linux.loop.LoopDevice;
import dev.obdbuild.linux.mount.MountPoint;
import dev.obdbuild.linux.mount.MountTable;
import dev.obdbuild.linux.mount.Mounts;
import dev.obdbuild.linux.net.Netlink;
import dev.obdbuild.linux.process.ProcessIdentity;
import dev.obdbuild.linux.sys.Errno;
import dev.obdbuild.linux.sys.LinuxException;
import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.LayerTable;
import dev.obdbuild.snapshots.store.LeaseTable;
import dev.obdbuild.snapshots.store.Owner;
import dev.obdbuild.snapshots.store.ResourceTable;
import dev.obdbuild.snapshots.store.StorePaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Undoes what dead owners left: their containers and children, mounts, loop devices, FUSE files,
 * temporary files and half-written layers. Touches nothing of a living owner. Repeating it is
 * harmless; it may be killed at any moment.
 */
public final class Sweep {
  private final StorePaths paths;
  private final Database database;

  public Sweep(StorePaths paths, Database database) {
    this.paths = paths;
    this.database = database;
  }

  /**
   * Lets killed processes end that wait for their own devices. Until they do, they keep whatever
   * locks they held when they were killed, the database's among them: to be called before that is
   * opened.
   */
  public static void releaseDying(StorePaths paths) throws IOException {
    for (Map.Entry<String, ProcessIdentity> dying : Owner.dying(paths).entrySet()) {
      DeviceSweep.release(paths.deviceFiles(dying.getKey()));
      DyingProcess.release(dying.getValue(), paths.run(dying.getKey()));
    }
  }

  /** Undoes all dead owners; yields how many there were. */
  public int run() throws IOException {
    releaseDying(paths);
    List<Owner.DeadOwner> dead = Owner.dead(paths);
    IOException failure = null;
    for (Owner.DeadOwner owner : dead) {
      try (owner) {
        undo(owner.id());
        owner.forget();
      } catch (IOException e) {
        // Its lock file stays, so the next sweep tries again; the others must not wait for it.
        if (failure == null) {
          failure =
              new IOException(
                  "what process " + owner.id() + " left cannot be undone: " + e.getMessage(), e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
    removeOrphans();
    return dead.size();
  }

  private void undo(String owner) throws IOException {
    // What the owner served waits until somebody fails it, and so would whoever unmounts it.
    DeviceSweep.release(paths.deviceFiles(owner));
    boolean serverAway = RemoteExporter.isServerAway(paths.deviceFiles(owner));
    if (serverAway) {
      for (MountPoint mount : MountTable.read().below(paths.mountPoints(owner))) {
        DeviceSweep.cutOff(Path.of(mount.source()));
      }
    }
    // Processes first: they hold mounts. Then newest first, as they were stacked.
    List<ResourceTable.Row> rows = database.tx(tx -> ResourceTable.of(tx, owner));
    for (ResourceTable.Row row : rows) {
      undo(row, Resource.parse(row.kind(), row.detail()), owner);
    }
    unmountBelow(paths.mountPoints(owner));
    if (!serverAway) {
      RemoteExporter.release(paths.deviceFiles(owner));
    }
    DeviceSweep.undoBelow(paths.deviceFiles(owner));
    unmountBelow(paths.run(owner));
    Trees.remove(paths.run(owner));
    unmountBelow(paths.temp(owner));
    Trees.remove(paths.temp(owner));
    database.tx(
        tx -> {
          LeaseTable.deleteOf(tx, owner);
          return true;
        });
    for (String layer : database.tx(tx -> LayerTable.unfinished(tx, owner))) {
      Trees.remove(paths.raw(layer));
      database.tx(
          tx -> {
            LayerTable.delete(tx, layer);
            return true;
          });
    }
  }

  private void undo(ResourceTable.Row row, Resource resource, String owner) throws IOException {
    switch (resource) {
      case Resource.Container container -> undoContainer(container);
      case Resource.Child child -> Processes.kill(child.process());
      case Resource.Mount mount -> undoMount(mount.target(), owner);
      case Resource.Temporary temporary -> {
        unmountBelow(temporary.path());
        Trees.remove(temporary.path());
      }
      case Resource.Link link -> {
        try (Netlink netlink = Netlink.open()) {
          var _ = netlink.delete(link.name());
        }
      }
      // It fails when the rule was never made or is gone, which is all that is wanted.
      case Resource.Rule rule -> {
        var _ = Processes.run(rule.undo());
      }
    }
    database.tx(
        tx -> {
          ResourceTable.delete(tx, row.id());
          return true;
        });
  }

  private static void undoContainer(Resource.Container container) throws IOException {
    if (container.process().isPresent()) {
      Processes.kill(container.process().get());
    }
    if (Files.isDirectory(container.stateRoot())) {
      // The exit code says only whether there was such a container; what counts is that it is gone.
      var _ =
          Processes.run(
              List.of(
                  container.runtime(),
                  "--root",
                  container.stateRoot().toString(),
                  "delete",
                  "--force",
                  container.id()));
    }
  }

  /**
   * Only a loop over one of the owner's own files is unmounted: the folder may be somebody else's
   * mount by now.
   */
  private void undoMount(Path target, String owner) throws IOException {
    Optional<MountPoint> mount = MountTable.read().at(target);
    if (mount.isEmpty()) {
      return;
    }
    Optional<LoopDevice> loop = LoopDevice.ofNode(Path.of(mount.get().source()));
    Optional<Path> file = loop.isPresent() ? loop.get().backingFile() : Optional.empty();
    if (file.isPresent() && file.get().startsWith(paths.run(owner))) {
      unmount(target);
    }
  }

  private static void unmountBelow(Path folder) throws IOException {
    for (MountPoint mount : MountTable.read().below(folder)) {
      unmount(mount.target());
    }
  }

  private static void unmount(Path target) throws IOException {
    try {
      Mounts.unmount(target);
    } catch (LinuxException e) {
      if (e.is(Errno.EINVAL) || e.is(Errno.ENOENT)) {
        return;
      }
      Mounts.detach(target);
    }
  }

  /**
   * Raw directories without a record: a removal was cut short. Records come before directories, so
   * none is new.
   */
  private void removeOrphans() throws IOException {
    removeFoldersOfNobody();
    List<String> names;
    try (var directories = Files.list(paths.rawLayers())) {
      names = directories.map(p -> p.getFileName().toString()).toList();
    }
    for (String name : names) {
      boolean wanted =
          database.tx(
              tx ->
                  tx.first(
                          row -> true,
                          "SELECT 1 FROM layers WHERE id = ? AND (raw = 1 OR writer IS NOT NULL)",
                          name)
                      .isPresent());
      if (!wanted) {
        Trees.remove(paths.raw(name));
      }
    }
  }

  /**
   * Folders whose owner's lock file is gone: of a process that could not open the store, or made
   * again behind a sweep's back, as crun does when it ends after its container. Lock files come
   * before folders, so none is new.
   */
  private void removeFoldersOfNobody() throws IOException {
    for (Path owners : List.of(paths.runs(), paths.temps())) {
      List<Path> folders;
      try (var listing = Files.list(owners)) {
        folders = listing.filter(p -> Owner.isId(p.getFileName().toString())).toList();
      }
      for (Path folder : folders) {
        String owner = folder.getFileName().toString();
        if (!Files.exists(paths.ownerLock(owner))) {
          DeviceSweep.undoBelow(paths.deviceFiles(owner));
          unmountBelow(folder);
          Trees.remove(folder);
        }
      }
    }
  }
}
