package dev.obdbuild.snapshots.live;

import dev.obdbuild.backstore.device.DeviceExporter;
import dev.obdbuild.backstore.device.ExportedDevice;
import dev.obdbuild.backstore.device.LayerPlaces;
import dev.obdbuild.backstore.device.LayeredDevice;
import dev.obdbuild.backstore.device.LayeredExport;
import dev.obdbuild.backstore.device.StackDevice;
import dev.obdbuild.linux.sys.Closing;
import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.lsmt.SegmentIndex;
import dev.obdbuild.snapshots.fs.FileSystem;
import dev.obdbuild.snapshots.fs.NewFilesystem;
import dev.obdbuild.snapshots.fs.Probe;
import dev.obdbuild.snapshots.fs.Resting;
import dev.obdbuild.snapshots.live.Stacks.OpenStack;
import dev.obdbuild.snapshots.mount.MountedDevice;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One device with its mount. Its owner ({@link LiveChains}) sees to it that one thread at a time
 * changes it; all calls belong on mount threads.
 */
final class LiveDevice {
  /**
   * Where a device is mounted.
   *
   * @param ours the folder is made for the mount and removed with it
   */
  record Place(Path target, boolean ours) {}

  private static final int SECTOR = 512;

  private final LayeredDevice device;
  private final FileSystem kind;
  private final ExportedDevice exported;
  private final MountedDevice mount;
  private final Place place;
  private final boolean writable;
  private final long errorsBefore;
  private OpenStack stack;

  private LiveDevice(
      LayeredDevice device,
      FileSystem kind,
      ExportedDevice exported,
      MountedDevice mount,
      Place place,
      boolean writable,
      long errorsBefore,
      OpenStack stack) {
    this.device = device;
    this.kind = kind;
    this.exported = exported;
    this.mount = mount;
    this.place = place;
    this.writable = writable;
    this.errorsBefore = errorsBefore;
    this.stack = stack;
  }

  /**
   * How a device is mounted.
   *
   * @param grow whether its filesystem is to be made as large as the device
   * @param filesystem says how kinds of filesystem are mounted
   */
  record Manner(boolean writable, boolean grow, NewFilesystem filesystem) {}

  /**
   * Exports and mounts a device. Takes over {@code layers} and {@code stack}, also when it fails.
   *
   * @param places where its layers lie
   * @param place where to mount it
   */
  static LiveDevice open(
      DeviceExporter exporter,
      StackDevice layers,
      LayerPlaces places,
      Manner manner,
      OpenStack stack,
      String name,
      Place place)
      throws IOException {
    LayeredDevice device = layers;
    ExportedDevice exported = null;
    try {
      String told = "the device of " + stack.chain().snapshot();
      FileSystem kind = Probe.of(new DeviceFile(layers), told).kind();
      Optional<String> lacking = kind.lacking();
      if (lacking.isPresent()) {
        throw new IOException(
            told + " holds a filesystem that cannot be mounted here: " + lacking.get());
      }
      long errors = kind.errors(new DeviceFile(layers), told);
      LayeredExport export = exporter.exportLayers(layers, places, name);
      device = export.device();
      exported = export.exported();
      if (place.ours()) {
        Files.createDirectories(place.target());
      }
      if (manner.grow()) {
        kind.growUnmounted(exported.node());
      }
      MountedDevice mount =
          MountedDevice.mount(
              exported.node(),
              place.target(),
              new MountedDevice.Form(kind.type(), manner.filesystem().mountOptions(kind)),
              !manner.writable());
      LiveDevice live =
          new LiveDevice(device, kind, exported, mount, place, manner.writable(), errors, stack);
      if (manner.grow()) {
        live.growMounted();
      }
      return live;
    } catch (IOException | RuntimeException e) {
      Closing closing = new Closing();
      closing.add(stack);
      closing.add(device);
      if (exported != null) {
        closing.add(exported);
      }
      closing.closeAfter(e);
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

  private void growMounted() throws IOException {
    try {
      kind.growMounted(mount.path());
    } catch (IOException | RuntimeException e) {
      Closing closing = new Closing();
      closing.add(mount::unmount);
      closing.closeAfter(e);
      throw e;
    }
  }

  LayeredDevice device() {
    return device;
  }

  Path path() {
    return mount.path();
  }

  FileSystem kind() {
    return kind;
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
   * @throws IOException when the device failed or the kernel found the filesystem damaged
   */
  void settle() throws IOException {
    throwIfFailed();
    try {
      mount.remountReadOnly();
      long errors = kind.errors(new DeviceFile(device), mount.path().toString()) - errorsBefore;
      if (errors > 0) {
        throw new IOException(
            "the filesystem at "
                + mount.path()
                + " was damaged while the step ran: the kernel counted "
                + errors
                + " errors");
      }
      kind.tidy(resting());
    } catch (IOException e) {
      // What the device said is the cause; the kernel only passes EIO on.
      throwIfFailed();
      throw e;
    }
    throwIfFailed();
  }

  /** Whether the layer holds nothing but what mounting it has written; asked when it is at rest. */
  boolean isUntouched() throws IOException {
    SegmentIndex written = device.written();
    return written.size() == 0 || written.end(written.size() - 1) * SECTOR <= kind.bookkeeping();
  }

  private void throwIfFailed() throws IOException {
    if (device.failure().isPresent()) {
      throw new IOException(
          "the device of the root filesystem failed: " + device.failure().get().getMessage(),
          device.failure().get());
    }
  }

  /**
   * Writes go through the device, not through its node: the mounted filesystem holds its own copy
   * of its superblock and writes it when next used.
   */
  private Resting resting() {
    return new Resting() {
      @Override
      public BlockFile content() {
        return new DeviceFile(device);
      }

      @Override
      public SegmentIndex written() throws IOException {
        return device.written();
      }

      @Override
      public Path mounted() {
        return mount.path();
      }

      @Override
      public void discard(long offset, long length) throws IOException {
        device.discard(offset, length);
      }

      @Override
      public void write(long offset, MemorySegment bytes) throws IOException {
        device.write(offset, bytes);
      }
    };
  }

  /**
   * Unmounts and takes the device down, whatever state it is in; reports the first thing that went
   * wrong.
   */
  void close() throws IOException {
    Closing closing = new Closing();
    closing.add(stack);
    closing.add(device);
    closing.add(exported);
    closing.add(
        () -> {
          if (!mount.unmount()) {
            // Somebody still holds the filesystem: nobody may hang on a device that goes away.
            exported.abort();
          } else if (place.ours()) {
            Files.deleteIfExists(place.target());
          }
        });
    closing.close();
  }
}
