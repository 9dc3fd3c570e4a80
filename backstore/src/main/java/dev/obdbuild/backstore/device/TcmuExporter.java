package dev.obdbuild.backstore.device;

import dev.obdbuild.backstore.scsi.DiskShape;
import dev.obdbuild.backstore.tcmu.ScsiDisk;
import dev.obdbuild.backstore.tcmu.TargetName;
import dev.obdbuild.backstore.tcmu.TargetSpec;
import dev.obdbuild.backstore.tcmu.TcmuSupport;
import dev.obdbuild.backstore.tcmu.TcmuTarget;
import dev.obdbuild.linux.sys.Closing;
import dev.obdbuild.linux.uio.UioMapping;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Exports a device as a SCSI disk of the kernel's own target, whose commands come to this process
 * through shared memory (TCMU). What reads and writes the disk waits while this process is away,
 * and goes on when another {@link #adopt}s it.
 *
 * <p>Close it after all devices that it exported.
 */
public final class TcmuExporter implements LastingExporter {
  private final String owner;
  private final ResourceJournal journal;
  private final ServeOptions options;
  private final FetchPool<TransferBuffer> fetches;
  private final AtomicLong count = new AtomicLong();

  /**
   * As below, recording nothing: for a folder whose owner's devices are swept by {@link
   * DeviceSweep#undoBelow}.
   */
  public TcmuExporter(Path folder) throws IOException {
    this(folder, ResourceJournal.none(), ServeOptions.standard());
  }

  /**
   * @param folder a path that belongs to this process alone; only its name is used, to tell whose
   *     the devices are
   * @throws IOException when this host's kernel lacks something; names it
   */
  public TcmuExporter(Path folder, ResourceJournal journal, ServeOptions options)
      throws IOException {
    Optional<String> lacking = TcmuSupport.lacking();
    if (lacking.isPresent()) {
      throw new IOException("no TCMU on this host: " + lacking.get());
    }
    this.owner = TargetName.owner(folder);
    this.journal = journal;
    this.options = options;
    this.fetches =
        new FetchPool<>(
            "tcmu-fetch",
            options.fetchThreads(),
            () -> new TransferBuffer(DiskShape.MAX_TRANSFER),
            TransferBuffer::close);
  }

  /** What the host lacks for this exporter, in words; empty when it can be used. */
  public static Optional<String> lacking() throws IOException {
    return TcmuSupport.lacking();
  }

  @Override
  public String kind() {
    return "tcmu";
  }

  @Override
  public ExportedDevice export(BlockDevice device, String name, boolean readOnly)
      throws IOException {
    TargetSpec spec = new TargetSpec(name, device.size(), device.sectorSize(), readOnly);
    Closing undo = new Closing();
    try {
      TcmuTarget target = create(spec, undo);
      TcmuServer server = serve(target, target.uio().open(), device, spec, undo);
      undo.add(target::disconnect);
      ScsiDisk disk = target.connect();
      undo.add(disk::forget);
      undo.add(() -> leave(disk, server));
      return new ServedDevice(
          disk.node().path(), device.sectorSize(), "by TCMU", server::abort, undo);
    } catch (IOException | RuntimeException | Error e) {
      undo.closeAfter(e);
      throw e;
    }
  }

  private TcmuTarget create(TargetSpec spec, Closing undo) throws IOException {
    while (true) {
      TcmuTarget target = TcmuTarget.of(new TargetName(owner, count.incrementAndGet()));
      ResourceJournal.Entry entry = journal.record(DeviceSweep.TCMU, target.name().toString());
      try {
        target.create(spec);
        undo.add(entry::close);
        undo.add(target::remove);
        return target;
      } catch (FileAlreadyExistsException e) {
        entry.close(); // a device of an owner before us that somebody may adopt
      } catch (IOException | RuntimeException e) {
        undo.add(entry::close);
        undo.add(target::remove);
        throw e;
      }
    }
  }

  private TcmuServer serve(
      TcmuTarget target, UioMapping mapping, BlockDevice device, TargetSpec spec, Closing undo)
      throws IOException {
    TcmuServer server;
    try {
      String label = spec.label() + "-" + target.name().number();
      TcmuOperations operations =
          new TcmuOperations(new PatientDevice(device), spec.readOnly(), target.name().toString());
      server = new TcmuServer(mapping, operations, options, fetches, label, () -> giveUp(target));
    } catch (IOException | RuntimeException e) {
      mapping.close();
      throw e;
    }
    undo.add(server::end);
    server.start();
    return server;
  }

  /** Fails everything without a server: the disk refuses, and what was under way fails. */
  private static void giveUp(TcmuTarget target) {
    try {
      target.fail();
    } catch (IOException e) {
      return; // of no use to anybody: the device has been told already that serving failed
    }
  }

  /** Takes leave of a disk's users: whoever still uses it is cut off, and that is an error. */
  private static void leave(ScsiDisk disk, TcmuServer server) throws IOException {
    DeviceUsers users = DeviceUsers.of(disk.node());
    if (users.none()) {
      return;
    }
    server.abort();
    if (!users.onlyElsewhere()) {
      throw new IOException(
          disk.node().path() + " was still in use, " + users + ", and is cut off");
    }
  }

  /** Devices exported for this folder by a process that is gone; what uses them waits. */
  @Override
  public List<Orphan> orphans() throws IOException {
    List<Orphan> found = new ArrayList<>();
    for (TcmuTarget target : TcmuTarget.ownedBy(owner)) {
      Optional<TargetSpec> spec = target.spec();
      if (spec.isPresent() && target.connected()) {
        TargetSpec known = spec.get();
        found.add(
            new Orphan(
                DeviceSweep.TCMU,
                target.name().toString(),
                known.label(),
                known.size(),
                known.sectorSize(),
                known.readOnly()));
      }
    }
    return found;
  }

  @Override
  public boolean adopts(Orphan orphan) {
    return orphan.kind().equals(DeviceSweep.TCMU);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IOException EBUSY while another process serves it; when it was cut off meanwhile
   */
  @Override
  public ExportedDevice adopt(Orphan orphan, BlockDevice device) throws IOException {
    orphan.check(device, DeviceSweep.TCMU);
    TcmuTarget target = TcmuTarget.of(TargetName.parse(orphan.detail()));
    if (target.failed()) {
      throw new IOException(orphan + " was cut off while nobody served it");
    }
    TargetSpec spec =
        new TargetSpec(orphan.name(), orphan.size(), orphan.sectorSize(), orphan.readOnly());
    // Opened first: that fails while another process serves it, and then nothing may be reset.
    UioMapping mapping = target.uio().open();
    Closing served = new Closing();
    ScsiDisk disk;
    TcmuServer server;
    try {
      target.block(true);
      target.resetRing();
      server = serve(target, mapping, device, spec, served);
      target.block(false);
      disk = target.disk();
    } catch (IOException | RuntimeException e) {
      served.closeAfter(e); // it stays an orphan
      throw e;
    }
    Closing undo = new Closing();
    undo.add(target::remove);
    undo.add(served);
    undo.add(target::disconnect);
    undo.add(disk::forget);
    undo.add(() -> leave(disk, server));
    return new ServedDevice(
        disk.node().path(), device.sectorSize(), "by TCMU", server::abort, undo);
  }

  /** Ends the fetch threads. */
  @Override
  public void close() {
    fetches.close();
  }
}
