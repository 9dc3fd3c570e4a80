package dev.obdbuild.backstore.device;

import dev.obdbuild.linux.fuse.FuseReply;
import dev.obdbuild.linux.fuse.FuseSession;
import dev.obdbuild.linux.loop.LoopDevice;
import dev.obdbuild.linux.loop.LoopOptions;
import dev.obdbuild.linux.sys.Closing;
import dev.obdbuild.linux.sys.Descriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Exports a device as a loop device over a FUSE filesystem of one file that this process serves.
 * Works wherever FUSE and loop do, needs no kernel module of its own, and costs a few percent over
 * a loop on a plain file.
 *
 * <p>Close it after all devices that it exported.
 */
public final class FuseLoopExporter implements DeviceExporter, AutoCloseable {
  private final Path folder;
  private final ResourceJournal journal;
  private final ServeOptions options;
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
    this.folder = folder.toAbsolutePath().normalize();
    this.journal = journal;
    this.options = options;
    this.fetches =
        new FetchPool<>(
            "fuse-fetch",
            options.fetchThreads(),
            () -> new FuseReply(options.maxTransfer()),
            FuseReply::close);
  }

  @Override
  public String kind() {
    return "fuse";
  }

  @Override
  public ExportedDevice export(BlockDevice device, String name, boolean readOnly)
      throws IOException {
    if (!name.matches("[A-Za-z0-9._-]{1,100}")) {
      throw new IllegalArgumentException("device name '" + name + "'");
    }
    Path file = folder.resolve(name + "-" + count.incrementAndGet());
    Closing undo = new Closing();
    try {
      undo.add(journal.record(DeviceSweep.FUSE_LOOP, file.toString())::close);
      Files.createFile(file);
      undo.add(() -> Files.delete(file));
      FuseSession session = FuseSession.mount(file);
      undo.add(session::close);
      FuseServer server = new FuseServer(session, device, readOnly, options, fetches);
      undo.add(server::end);
      server.start();
      LoopDevice.Attached loop = attach(file, device, readOnly);
      undo.add(loop::close);
      return new ServedDevice(
          loop.device().node(),
          device.sectorSize(),
          "served at " + server.file(),
          server::abort,
          undo);
    } catch (IOException | RuntimeException | Error e) {
      undo.closeAfter(e);
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
