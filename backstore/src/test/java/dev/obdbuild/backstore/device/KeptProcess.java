package dev.obdbuild.backstore.device;

import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.lsmt.LayerIdentity;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import dev.obdbuild.testkit.ChildJvm;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Another process that serves a writable layer over a base full of {@code x}, with a keeper, until
 * its input ends or it is killed; takes over what a killed one left. It says the device's node on a
 * line, and then a line for each request that it will never answer.
 */
final class KeptProcess {
  static final String NAME = "kept";

  /** Bytes at the start of the device that the base has; zeros follow. */
  static final int BASE = 8 << 20;

  private KeptProcess() {}

  /** Arguments: the exporter's folder, a folder for the layer's files, size, where to stall. */
  public static void main(String[] arguments) throws IOException {
    long size = Long.parseLong(arguments[2]);
    long stall = Long.parseLong(arguments[3]);
    LayerStack below = below(size);
    try (StackDevice stack = new StackDevice(below, top(Path.of(arguments[1]), size, below));
        FuseLoopExporter exporter = FuseLoopExporter.kept(Path.of(arguments[0]))) {
      BlockDevice device = new StallingDevice(stack, stall);
      Optional<Orphan> orphan = exporter.orphans().stream().findFirst();
      try (ExportedDevice exported =
          orphan.isPresent()
              ? exporter.adopt(orphan.get(), device)
              : exporter.export(device, NAME, false)) {
        System.out.println(exported.node());
        System.in.readAllBytes();
        if (stack.failure().isPresent()) {
          throw stack.failure().get();
        }
      }
    }
  }

  private static LayerStack below(long size) throws IOException {
    SparseLayer base = SparseLayer.create(new MemoryFile(), size);
    base.write(0, content());
    return LayerStack.of(List.of(base.freeze()));
  }

  private static MemorySegment content() {
    byte[] bytes = new byte[BASE];
    Arrays.fill(bytes, (byte) 'x');
    return MemorySegment.ofArray(bytes);
  }

  private static SparseLayer top(Path folder, long size, LayerStack below) throws IOException {
    Path data = folder.resolve("data");
    Path journal = folder.resolve("journal");
    return Files.exists(journal)
        ? SparseLayer.reopen(
            HostSparseFile.open(data), HostSparseFile.open(journal), below, data.toString())
        : SparseLayer.createJournalled(
            HostSparseFile.create(data),
            HostSparseFile.create(journal),
            size,
            LayerIdentity.random());
  }

  static StallingProcess start(Path served, Path files, long size, long stall) throws IOException {
    return new StallingProcess(
        ChildJvm.start(
            KeptProcess.class,
            served.toString(),
            files.toString(),
            Long.toString(size),
            Long.toString(stall)));
  }
}
