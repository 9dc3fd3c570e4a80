package dev.obdbuild.backstore.serve;

import dev.obdbuild.backstore.device.ExportedDevice;
import dev.obdbuild.backstore.device.StackDevice;
import dev.obdbuild.backstore.device.TopFiles;
import dev.obdbuild.linux.loop.LoopDevice;
import dev.obdbuild.linux.mount.MountPoint;
import dev.obdbuild.linux.mount.MountTable;
import dev.obdbuild.linux.sys.Closing;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** One device that is served: what was asked for, its layers and its node. Thread-safe. */
final class ServedStack {
  private final SpecFiles files;
  private final LayerOpener opener;
  private final Parts parts;

  /** Layers that were finished while the device was there; each is read until the end, perhaps. */
  private final Closing finished = new Closing();

  private DeviceSpec spec;

  /** Layers below the writable one, frozen or not. */
  private LayerStack below;

  /**
   * What a device is made of.
   *
   * @param stack its layers
   * @param device around {@code stack}
   * @param exported its node
   */
  record Parts(
      SharedStacks.Held held, StackDevice stack, NotedDevice device, ExportedDevice exported) {}

  /** Takes over the parts. */
  ServedStack(SpecFiles files, DeviceSpec spec, LayerStack below, LayerOpener opener, Parts parts) {
    this.files = files;
    this.spec = spec;
    this.below = below;
    this.opener = opener;
    this.parts = parts;
  }

  synchronized DeviceSpec spec() {
    return spec;
  }

  Path node() {
    return parts.exported().node();
  }

  Reply.Exported exported() throws IOException {
    Path node = parts.exported().node();
    Optional<LoopDevice> loop = LoopDevice.ofNode(node);
    if (loop.isEmpty()) {
      return new Reply.Exported(node.toString(), 0);
    }
    Optional<Path> file = loop.get().backingFile();
    Optional<MountPoint> mount =
        file.isPresent() ? MountTable.read().at(file.get()) : Optional.empty();
    return new Reply.Exported(
        node.toString(),
        mount.orElseThrow(() -> new IOException(node + " is served no more")).minor());
  }

  /** Returns when no write is under way any more and the writable layer's files are at rest. */
  synchronized void freeze(TopFiles top) throws IOException {
    if (!spec.top().equals(Optional.of(top))) {
      throw new IOException(spec.name() + " does not write to " + top.data());
    }
    if (!spec.frozen()) {
      finished.add(parts.stack().freezeTop());
      spec = spec.atRest();
      files.write(spec);
    }
  }

  synchronized void resume(TopFiles next) throws IOException {
    if (!spec.frozen() && spec.top().equals(Optional.of(next))) {
      return;
    }
    if (!spec.frozen()) {
      throw new IOException(spec.name() + " is not at rest");
    }
    DeviceSpec resumed = spec.resumed(next);
    // The client has worked on the layer since it was frozen here.
    Layer layer = finished.add(opener.open(resumed.layers().getLast()));
    LayerStack stands = below.plus(layer);
    var top = LayerOpener.open(next, stands);
    try {
      files.write(resumed);
      parts.stack().resume(stands, top);
    } catch (IOException | RuntimeException e) {
      top.close();
      throw e;
    }
    below = stands;
    spec = resumed;
  }

  Optional<IOException> failure() {
    return parts.stack().failure();
  }

  void fail(IOException reason) throws IOException {
    parts.device().fail(reason);
    parts.exported().abort();
  }

  /** Takes it away, whoever uses it. */
  synchronized void close() throws IOException {
    Closing all = new Closing();
    all.add(() -> files.remove(spec.key()));
    all.add(parts.held());
    all.add(finished);
    all.add(parts.stack());
    all.add(parts.exported());
    all.close();
  }

  @Override
  public String toString() {
    return parts.exported().node() + " of " + spec().owner();
  }
}
