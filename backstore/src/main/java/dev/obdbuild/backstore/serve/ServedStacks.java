package dev.obdbuild.backstore.serve;

import dev.obdbuild.backstore.device.BlockDevice;
import dev.obdbuild.backstore.device.DeviceSweep;
import dev.obdbuild.backstore.device.ExportedDevice;
import dev.obdbuild.backstore.device.LastingExporter;
import dev.obdbuild.backstore.device.Orphan;
import dev.obdbuild.backstore.device.StackDevice;
import dev.obdbuild.backstore.device.TopFiles;
import dev.obdbuild.backstore.metrics.Metering;
import dev.obdbuild.linux.sys.Closing;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The devices of a server, those of one that was killed before it among them. Thread-safe. */
final class ServedStacks implements AutoCloseable {
  private final SpecFiles files;
  private final List<LastingExporter> exporters;
  private final Metering metering;
  private final LayerOpener opener;
  private final SharedStacks stacks;
  private final Consumer<String> log;
  private final Map<String, ServedStack> served = new ConcurrentHashMap<>();
  private final Object[] turns = new Object[64];

  private ServedStacks(
      SpecFiles files,
      List<LastingExporter> exporters,
      LayerOpener opener,
      Metering metering,
      Consumer<String> log) {
    this.files = files;
    this.exporters = exporters;
    this.metering = metering;
    this.opener = opener;
    this.stacks = new SharedStacks(opener);
    this.log = log;
    for (int i = 0; i < turns.length; i++) {
      turns[i] = new Object();
    }
  }

  /**
   * Serves on what a killed server left, and undoes what cannot be.
   *
   * @param metering of the devices
   * @throws IOException while another process has the folder
   */
  static ServedStacks open(
      Path folder,
      LayerOpener opener,
      HostDevices devices,
      boolean keeping,
      Metering metering,
      Consumer<String> log)
      throws IOException {
    SpecFiles files = SpecFiles.open(folder);
    Closing undo = new Closing();
    undo.add(files);
    try {
      List<LastingExporter> exporters = devices.openLasting(files.devices(), keeping);
      exporters.forEach(undo::add);
      ServedStacks stacks = new ServedStacks(files, exporters, opener, metering, log);
      stacks.goOn();
      return stacks;
    } catch (IOException | RuntimeException e) {
      undo.closeAfter(e);
      throw e;
    }
  }

  private void goOn() throws IOException {
    // First what nobody can serve any more, or its users would wait for the others' layers.
    Map<String, DeviceSpec> specs = new HashMap<>();
    for (DeviceSpec spec : files.all()) {
      if (isGone(spec)) {
        log.accept("owner " + spec.owner() + " is gone, and so is '" + spec.name() + "'");
        files.remove(spec.key());
      } else {
        specs.put(spec.key(), spec);
      }
    }
    Map<String, Orphan> orphans = new HashMap<>();
    for (LastingExporter exporter : exporters) {
      for (Orphan orphan : exporter.orphans()) {
        if (specs.containsKey(orphan.name())) {
          orphans.put(orphan.name(), orphan);
        } else {
          orphan.undo();
        }
      }
    }
    undoOthers(orphans);
    for (DeviceSpec spec : specs.values()) {
      goOn(spec, Optional.ofNullable(orphans.get(spec.key())));
    }
  }

  /** What has no keeper. */
  private void undoOthers(Map<String, Orphan> orphans) throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(files.devices())) {
      for (Path file : left) {
        if (orphans.values().stream().noneMatch(one -> one.detail().equals(file.toString()))) {
          DeviceSweep.undo(DeviceSweep.FUSE_LOOP, file.toString());
        }
      }
    }
  }

  private void goOn(DeviceSpec spec, Optional<Orphan> orphan) throws IOException {
    if (orphan.isEmpty()) {
      log.accept("device '" + spec.name() + "' of " + spec.owner() + " did not outlive its server");
      files.remove(spec.key());
      return;
    }
    try {
      ServedStack stack = serve(spec, orphan);
      served.put(spec.key(), stack);
      log.accept("serving " + stack + " on");
    } catch (IOException | RuntimeException e) {
      log.accept("cannot serve '" + spec.name() + "' of " + spec.owner() + " on: " + e);
      orphan.get().undo();
      files.remove(spec.key());
    }
  }

  private static boolean isGone(DeviceSpec spec) {
    return Files.notExists(Path.of(spec.owner()));
  }

  /**
   * Takes away the devices of owners whose folder is gone: swept while there was no server to be
   * told.
   */
  void releaseGone() {
    for (Map.Entry<String, ServedStack> entry : served.entrySet()) {
      if (isGone(entry.getValue().spec())) {
        takeAway(entry.getKey(), entry.getValue());
      }
    }
  }

  private ServedStack serve(DeviceSpec spec, Optional<Orphan> orphan) throws IOException {
    Closing parts = new Closing();
    try {
      SharedStacks.Held held = parts.add(stacks.acquire(spec.layers(), spec.size()));
      StackDevice stack = parts.add(stack(spec, held));
      if (stack.size() != spec.size()) {
        throw new IOException(
            "its layers are of a device of " + stack.size() + " bytes, not " + spec.size());
      }
      NotedDevice device = new NotedDevice(stack, files.failure(spec.key()));
      Optional<String> failed = files.failed(spec.key());
      failed.ifPresent(reason -> device.fail(new IOException(reason)));
      if (spec.frozen()) {
        parts.add(stack.freezeTop());
      }
      Metering.Metered metered = metering.metered(device, spec.key());
      ExportedDevice made =
          orphan.isPresent()
              ? adopt(orphan.get(), metered.device())
              : exporters.getFirst().export(metered.device(), spec.key(), spec.readOnly());
      ExportedDevice exported = parts.add(metered.listed(made, spec.readOnly()));
      return new ServedStack(
          files, spec, held.stack(), opener, new ServedStack.Parts(held, stack, device, exported));
    } catch (IOException | RuntimeException e) {
      parts.closeAfter(e);
      throw e;
    }
  }

  private ExportedDevice adopt(Orphan orphan, BlockDevice device) throws IOException {
    for (LastingExporter exporter : exporters) {
      if (exporter.adopts(orphan)) {
        return exporter.adopt(orphan, device);
      }
    }
    throw new IllegalArgumentException(orphan.toString());
  }

  private static StackDevice stack(DeviceSpec spec, SharedStacks.Held held) throws IOException {
    Optional<TopFiles> top = spec.top();
    if (top.isEmpty()) {
      return StackDevice.readOnly(held.stack(), spec.sectorSize());
    }
    SparseLayer layer = LayerOpener.open(top.get(), held.stack());
    return new StackDevice(held.stack(), layer, spec.sectorSize());
  }

  Reply answer(Request request) throws IOException {
    return switch (request) {
      case Request.Export export -> export(export.spec());
      case Request.Freeze freeze -> {
        ServedStack stack = known(freeze.key());
        stack.freeze(freeze.top());
        yield new Reply.Done();
      }
      case Request.Resume resume -> {
        known(resume.key()).resume(resume.next());
        yield new Reply.Done();
      }
      case Request.Status status -> status(status.key());
      case Request.Fail fail -> {
        ServedStack stack = served.get(fail.key());
        if (stack != null) {
          stack.fail(new IOException(fail.reason()));
        }
        yield new Reply.Done();
      }
      case Request.Close close -> {
        close(close.key());
        yield new Reply.Done();
      }
      case Request.Release release -> {
        release(release.owner());
        yield new Reply.Done();
      }
      case Request.Watch _ -> new Reply.Done();
      case Request.Numbers _ ->
          throw new IllegalArgumentException("numbers are the server's to tell");
    };
  }

  private Reply export(DeviceSpec spec) throws IOException {
    synchronized (turns[Math.floorMod(spec.key().hashCode(), turns.length)]) {
      ServedStack there = served.get(spec.key());
      if (there == null) {
        files.write(spec);
        try {
          there = serve(spec, Optional.empty());
        } catch (IOException | RuntimeException e) {
          files.remove(spec.key());
          throw e;
        }
        served.put(spec.key(), there);
      } else if (!there.spec().equals(spec)) {
        throw new IOException("there is another device '" + spec.name() + "' of " + spec.owner());
      }
      return there.exported();
    }
  }

  private Reply status(String key) {
    ServedStack stack = served.get(key);
    if (stack == null) {
      return new Reply.Failed("the device is not there any more: its server ended without it");
    }
    return stack
        .failure()
        .<Reply>map(failure -> new Reply.Failed(String.valueOf(failure.getMessage())))
        .orElseGet(Reply.Done::new);
  }

  private ServedStack known(String key) throws IOException {
    ServedStack stack = served.get(key);
    if (stack == null) {
      throw new IOException("the device is not there any more: its server ended without it");
    }
    return stack;
  }

  private void close(String key) throws IOException {
    synchronized (turns[Math.floorMod(key.hashCode(), turns.length)]) {
      ServedStack stack = served.remove(key);
      if (stack != null) {
        stack.close();
      }
    }
  }

  private void release(String owner) {
    for (Map.Entry<String, ServedStack> entry : served.entrySet()) {
      if (entry.getValue().spec().owner().equals(owner)) {
        takeAway(entry.getKey(), entry.getValue());
      }
    }
  }

  /** Its owner is dead: what he mounted of it is unmounted, in folders of his user too. */
  private void takeAway(String key, ServedStack stack) {
    try {
      DeviceSweep.detachFrom(stack.node());
    } catch (IOException e) {
      log.accept(stack + " stays mounted: " + e.getMessage());
    }
    closeLogged(key, stack);
  }

  /** What is still used is cut off, and then closed all the same. */
  private void closeLogged(String key, ServedStack stack) {
    String name = stack.toString();
    try {
      close(key);
      log.accept("took away " + name);
    } catch (IOException e) {
      log.accept("took away " + name + ": " + e.getMessage());
    }
  }

  /** The nodes of an owner's devices. */
  Set<Path> nodes(String owner) {
    return served.values().stream()
        .filter(stack -> stack.spec().owner().equals(owner))
        .map(ServedStack::node)
        .collect(Collectors.toSet());
  }

  /** How many devices there are. */
  int size() {
    return served.size();
  }

  /** Takes all devices away. */
  @Override
  public void close() throws IOException {
    served.forEach(this::closeLogged);
    exporters.forEach(LastingExporter::close);
    files.close();
  }
}
