package dev.obdbuild.backstore.serve;

import dev.obdbuild.backstore.device.DeviceSweep;
import dev.obdbuild.backstore.device.FuseLoopExporter;
import dev.obdbuild.backstore.device.StackDevice;
import dev.obdbuild.backstore.device.TopFiles;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The devices of a server, those of one that was killed before it among them. Thread-safe. */
final class ServedStacks implements AutoCloseable {
  private final SpecFiles files;
  private final FuseLoopExporter exporter;
  private final LayerOpener opener;
  private final SharedStacks stacks;
  private final Consumer<String> log;
  private final Map<String, ServedStack> served = new ConcurrentHashMap<>();
  private final Object[] turns = new Object[64];

  private ServedStacks(
      SpecFiles files, FuseLoopExporter exporter, LayerOpener opener, Consumer<String> log) {
    this.files = files;
    this.exporter = exporter;
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
   * @param keeping whether devices have keepers, so that they outlive this process
   * @throws IOException while another process has the folder
   */
  static ServedStacks open(Path folder, LayerOpener opener, boolean keeping, Consumer<String> log)
      throws IOException {
    SpecFiles files = SpecFiles.open(folder);
    FuseLoopExporter exporter =
        keeping ? FuseLoopExporter.kept(files.devices()) : new FuseLoopExporter(files.devices());
    ServedStacks stacks = new ServedStacks(files, exporter, opener, log);
    try {
      stacks.goOn();
      return stacks;
    } catch (IOException | RuntimeException e) {
      exporter.close();
      files.close();
      throw e;
    }
  }

  private void goOn() throws IOException {
    Map<String, FuseLoopExporter.Orphan> orphans = new HashMap<>();
    exporter.orphans().forEach(orphan -> orphans.put(orphan.name(), orphan));
    // First what nobody can serve any more, or its users would wait for the others' layers.
    List<DeviceSpec> specs = files.all();
    List<String> known = specs.stream().map(DeviceSpec::key).toList();
    try (DirectoryStream<Path> left = Files.newDirectoryStream(files.devices())) {
      for (Path file : left) {
        String name = file.getFileName().toString().replaceFirst("-[0-9]+$", "");
        if (!known.contains(name) || !orphans.containsKey(name)) {
          DeviceSweep.undo(DeviceSweep.FUSE_LOOP, file.toString());
        }
      }
    }
    for (DeviceSpec spec : specs) {
      Optional<FuseLoopExporter.Orphan> orphan = Optional.ofNullable(orphans.get(spec.key()));
      if (orphan.isEmpty()) {
        log.accept(
            "device '" + spec.name() + "' of " + spec.owner() + " did not outlive its server");
        files.remove(spec.key());
        continue;
      }
      try {
        ServedStack stack = serve(spec, orphan);
        served.put(spec.key(), stack);
        log.accept("serving " + stack + " on");
      } catch (IOException | RuntimeException e) {
        log.accept("cannot serve '" + spec.name() + "' of " + spec.owner() + " on: " + e);
        DeviceSweep.undo(DeviceSweep.FUSE_LOOP, orphan.get().keeper().label());
        files.remove(spec.key());
      }
    }
  }

  private ServedStack serve(DeviceSpec spec, Optional<FuseLoopExporter.Orphan> orphan)
      throws IOException {
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
      var exported =
          parts.add(
              orphan.isPresent()
                  ? exporter.adopt(orphan.get(), device)
                  : exporter.export(device, spec.key(), spec.readOnly()));
      return new ServedStack(
          files, spec, held.stack(), opener, new ServedStack.Parts(held, stack, device, exported));
    } catch (IOException | RuntimeException e) {
      parts.closeAfter(e);
      throw e;
    }
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
        closeLogged(entry.getKey(), entry.getValue());
      }
    }
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

  /** How many devices there are. */
  int size() {
    return served.size();
  }

  /** Takes all devices away. */
  @Override
  public void close() throws IOException {
    served.forEach(this::closeLogged);
    exporter.close();
    files.close();
  }
}
