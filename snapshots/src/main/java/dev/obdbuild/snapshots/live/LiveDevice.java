package dev.obdbuild.snapshots.live;

import dev.obdbuild.backstore.device.BlockDevice;
import dev.obdbuild.backstore.device.DeviceExporter;
import dev.obdbuild.backstore.device.ExportedDevice;
import dev.obdbuild.backstore.device.StackDevice;
import dev.obdbuild.overlaybd.lsmt.SegmentIndex;
import dev.obdbuild.snapshots.fs.FreedBlocks;
import dev.obdbuild.snapshots.fs.Superblock;
import dev.obdbuild.snapshots.live.Stacks.OpenStack;
import dev.obdbuild.snapshots.mount.MountedDevice;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * One device with its mount. Its owner ({@link LiveChains}) sees to it that one thread at a time
 * changes it; all calls belong on mount threads.
 */
final class LiveDevice {
  private static final int BLOCK = 4096;

  /**
   * Where a device is mounted.
   *
   * @param ours the folder is made for the mount and removed with it
   */
  record Place(Path target, boolean ours) {}

  private final StackDevice device;
  private final ExportedDevice exported;
  private final MountedDevice mount;
  private final Place place;
  private final boolean writable;
  private final int errorsBefore;
  private OpenStack stack;

  private LiveDevice(
      StackDevice device,
      ExportedDevice exported,
      MountedDevice mount,
      Place place,
      boolean writable,
      int errorsBefore,
      OpenStack stack) {
    this.device = device;
    this.exported = exported;
    this.mount = mount;
    this.place = place;
    this.writable = writable;
    this.errorsBefore = errorsBefore;
    this.stack = stack;
  }

  /**
   * Exports and mounts a device. Takes over {@code device} and {@code stack}, also when it fails.
   *
   * @param place where to mount it
   */
  static LiveDevice open(
      DeviceExporter exporter,
      StackDevice device,
      boolean writable,
      OpenStack stack,
      String name,
      Place place)
      throws IOException {
    ExportedDevice exported = null;
    try {
      Superblock superblock = readSuperblock(device, "the device of " + stack.chain().snapshot());
      exported = exporter.export(device, name, !writable);
      if (place.ours()) {
        Files.createDirectories(place.target());
      }
      MountedDevice mount = MountedDevice.mount(exported.node(), place.target(), !writable);
      return new LiveDevice(device, exported, mount, place, writable, superblock.errors(), stack);
    } catch (IOException | RuntimeException e) {
      Closing closing = new Closing();
      if (exported != null) {
        closing.run(exported::close);
      }
      closing.run(device::close);
      closing.run(stack::close);
      closing.suppressInto(e);
      if (device.failure().isPresent()) {
        // The kernel's own words for a failed read are useless.
        IOException failure = device.failure().get();
        IOException told =
            new IOException("the device could not be read: " + failure.getMessage(), failure);
        told.addSuppressed(e);
        throw told;
      }
      throw e;
    }
  }

  StackDevice device() {
    return device;
  }

  Path path() {
    return mount.path();
  }

  MountedDevice mount() {
    return mount;
  }

  boolean writable() {
    return writable;
  }

  OpenStack stack() {
    return stack;
  }

  /** The device goes on to stand on {@code next}; the old stack is let go. */
  void standOn(OpenStack next) throws IOException {
    OpenStack old = stack;
    stack = next;
    old.close();
  }

  /**
   * Brings the filesystem to rest: read-only and clean, freed blocks dropped, tell-tale superblock
   * fields blank.
   *
   * @param written tells what the top layer stores; asked when the kernel has written all of it
   * @throws IOException when the device failed or the kernel found the filesystem damaged
   */
  void settle(Supplier<SegmentIndex> written) throws IOException {
    throwIfFailed();
    try {
      mount.remountReadOnly();
      Superblock superblock = readSuperblock(device, mount.path().toString());
      if (superblock.errors() > errorsBefore) {
        throw new IOException(
            "the filesystem at "
                + mount.path()
                + " was damaged while the step ran: the kernel counted "
                + (superblock.errors() - errorsBefore)
                + " errors");
      }
      dropFreed(superblock, written.get());
      superblock.blank();
      writeSuperblock(superblock);
    } catch (IOException e) {
      // What the device said is the cause; the kernel only passes EIO on.
      throwIfFailed();
      throw e;
    }
    throwIfFailed();
  }

  private void throwIfFailed() throws IOException {
    if (device.failure().isPresent()) {
      throw new IOException(
          "the device of the root filesystem failed: " + device.failure().get().getMessage(),
          device.failure().get());
    }
  }

  private void dropFreed(Superblock superblock, SegmentIndex written) throws IOException {
    for (FreedBlocks.Range range : FreedBlocks.of(superblock, new DeviceFile(device), written)) {
      device.discard(range.offset(), range.length());
    }
  }

  private static Superblock readSuperblock(BlockDevice device, String name) throws IOException {
    byte[] bytes = new byte[Superblock.LENGTH];
    new DeviceFile(device).read(Superblock.OFFSET, MemorySegment.ofArray(bytes));
    return Superblock.of(bytes, name);
  }

  /**
   * Through the device, not through its node: the mounted filesystem holds its own copy and writes
   * it when next used.
   */
  private void writeSuperblock(Superblock superblock) throws IOException {
    byte[] block = new byte[BLOCK];
    MemorySegment segment = MemorySegment.ofArray(block);
    device.read(0, segment);
    System.arraycopy(superblock.bytes(), 0, block, Superblock.OFFSET, Superblock.LENGTH);
    device.write(0, segment);
  }

  /**
   * Unmounts and takes the device down, whatever state it is in; reports the first thing that went
   * wrong.
   */
  void close() throws IOException {
    Closing closing = new Closing();
    closing.run(
        () -> {
          if (!mount.unmount()) {
            // Somebody still holds the filesystem: nobody may hang on a device that goes away.
            exported.abort();
          } else if (place.ours()) {
            Files.deleteIfExists(place.target());
          }
        });
    closing.run(exported::close);
    closing.run(device::close);
    closing.run(stack::close);
    closing.throwFirst();
  }
}
