package dev.obdbuild.backstore.device;

import dev.obdbuild.linux.fuse.FuseReply;
import dev.obdbuild.linux.fuse.FuseSession;
import dev.obdbuild.linux.loop.LoopDevice;
import dev.obdbuild.linux.loop.LoopOptions;
import dev.obdbuild.linux.process.Keeper;
import dev.obdbuild.linux.sys.Closing;
import dev.obdbuild.linux.sys.Descriptor;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Exports a device as a loop device over a FUSE filesystem of one file that this process serves.
 * Works wherever FUSE and loop do, needs no kernel module of its own, and costs a few percent over
 * a loop on a plain file.
 *
 * <p>Close it after all devices that it exported.
 */
public final class FuseLoopExporter implements LastingExporter {
  static final String NAME = "[A-Za-z0-9._-]{1,100}";

  private final Path folder;
  private final ResourceJournal journal;
  private final ServeOptions options;
  private final boolean keeping;
  private final FetchPool<FuseReply> fetches;
  private final AtomicLong count = new AtomicLong();

  /**
   * As below, recording nothing: for a folder whose contents are swept by {@link
   * DeviceSweep#undoBelow}.
   */
  public FuseLoopExporter(Path folder) {
    this(folder, ResourceJournal.none(), ServeOptions.standard());
  }

  /**
   * @param folder existing folder on the host's disk for the files that FUSE is mounted on; of this
   *     process alone
   */
  public FuseLoopExporter(Path folder, ResourceJournal journal, ServeOptions options) {
    this(folder, journal, options, false);
  }

  private FuseLoopExporter(
      Path folder, ResourceJournal journal, ServeOptions options, boolean keeping) {
    this.folder = folder.toAbsolutePath().normalize();
    this.journal = journal;
    this.options = options;
    this.keeping = keeping;
    this.fetches =
        new FetchPool<>(
            "fuse-fetch",
            options.fetchThreads(),
            () -> new FuseReply(options.maxTransfer()),
            FuseReply::close);
  }

  /**
   * One whose devices outlive this process: each has a {@link Keeper}. What uses them waits while
   * nobody serves them, until a later process {@link #adopt}s them or {@link DeviceSweep} undoes
   * them. Kernels before 6.9 cannot hand requests out again; there is no keeper then, and what uses
   * a device fails with the process.
   *
   * @param folder of one process at a time, in a mount namespace that outlives it
   */
  public static FuseLoopExporter kept(Path folder) {
    return new FuseLoopExporter(folder, ResourceJournal.none(), ServeOptions.standard(), true);
  }

  @Override
  public String kind() {
    return "fuse";
  }

  @Override
  public ExportedDevice export(BlockDevice device, String name, boolean readOnly)
      throws IOException {
    if (!name.matches(NAME)) {
      throw new IllegalArgumentException("device name '" + name + "'");
    }
    Closing undo = new Closing();
    try {
      Path file = createFile(name, undo);
      FuseSession session = FuseSession.mount(file);
      undo.add(session::close);
      FuseServer server = new FuseServer(session, device, readOnly, options, fetches);
      undo.add(server::end);
      server.start();
      LoopDevice.Attached loop = attach(file, device, readOnly);
      undo.add(loop::close);
      if (keeping && server.resends()) {
        KeptFile kept =
            new KeptFile(
                file, name, device.size(), device.sectorSize(), readOnly, options.maxTransfer());
        undo.add(kept.keep(session, loop)::end);
      }
      return served(loop, device, server, undo);
    } catch (IOException | RuntimeException | Error e) {
      undo.closeAfter(e);
      throw e;
    }
  }

  private Path createFile(String name, Closing undo) throws IOException {
    while (true) {
      Path file = folder.resolve(name + "-" + count.incrementAndGet());
      ResourceJournal.Entry entry = journal.record(DeviceSweep.FUSE_LOOP, file.toString());
      try {
        Files.createFile(file);
        undo.add(entry::close);
        undo.add(() -> Files.delete(file));
        return file;
      } catch (FileAlreadyExistsException e) {
        entry.close(); // of a process before us, whose device somebody may adopt
      } catch (IOException e) {
        undo.add(entry::close);
        throw e;
      }
    }
  }

  private static ServedDevice served(
      LoopDevice.Attached loop, BlockDevice device, FuseServer server, Closing undo) {
    return new ServedDevice(
        loop.device().node(),
        device.sectorSize(),
        "served at " + server.file(),
        server::abort,
        undo);
  }

  /**
   * Devices of this folder that have a keeper and that this process does not serve, if it is new.
   */
  @Override
  public List<Orphan> orphans() throws IOException {
    List<Orphan> found = new ArrayList<>();
    for (Keeper keeper : Keeper.all()) {
      Optional<KeptFile> kept = KeptFile.of(keeper);
      if (kept.isPresent() && folder.equals(kept.get().file().getParent())) {
        found.add(kept.get().orphan());
      }
    }
    return found;
  }

  @Override
  public boolean adopts(Orphan orphan) {
    return orphan.kind().equals(DeviceSweep.FUSE_LOOP);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IOException when it cannot be taken over: its keeper is gone, or the kernel has ended
   *     the connection
   */
  @Override
  public ExportedDevice adopt(Orphan orphan, BlockDevice device) throws IOException {
    orphan.check(device, DeviceSweep.FUSE_LOOP);
    Keeper keeper = KeptFile.keeper(orphan);
    KeptFile kept =
        KeptFile.of(keeper).orElseThrow(() -> new IllegalArgumentException(orphan.toString()));
    Closing taken = new Closing();
    LoopDevice.Attached loop;
    FuseSession session;
    FuseServer server;
    try {
      loop = KeptFile.loop(keeper);
      taken.add(loop.node());
      session = taken.add(KeptFile.session(keeper));
      server =
          new FuseServer(
              session,
              device,
              orphan.readOnly(),
              options.withMaxTransfer(kept.maxTransfer()),
              fetches);
      // Before threads read: what they have in hand would be given out a second time.
      session.resend();
    } catch (IOException | RuntimeException e) {
      taken.closeAfter(e); // the keeper still has both
      throw e;
    }
    Closing undo = new Closing();
    undo.add(() -> Files.delete(kept.file()));
    undo.add(session::close);
    undo.add(server::end);
    undo.add(loop::close);
    undo.add(keeper::end);
    try {
      server.start();
      return served(loop, device, server, undo);
    } catch (RuntimeException | Error e) {
      undo.closeAfter(e); // threads serve it already: there is no way back
      throw e;
    }
  }

  private static LoopDevice.Attached attach(Path file, BlockDevice device, boolean readOnly)
      throws IOException {
    // Old kernels' loop takes the inode's size without asking for it: have it asked for here.
    long size = Files.size(file);
    if (size != device.size()) {
      throw new IOException(file + " shows " + size + " bytes instead of " + device.size());
    }
    try (Descriptor backing = Descriptor.readWrite(file)) {
      return LoopDevice.attach(backing, new LoopOptions(device.sectorSize(), readOnly, true, true));
    }
  }

  /** Ends the fetch threads. */
  @Override
  public void close() {
    fetches.close();
  }
}
