package dev.obdbuild.backstore.device;

import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Serves a writable layer in a file until its input ends; then prints what was done. For {@code
 * bench/device.sh}.
 */
final class ServeStack {
  private ServeStack() {}

  /**
   * Arguments: folder for the exporter's files, data file to make, size in bytes, serving threads.
   */
  public static void main(String[] arguments) throws IOException {
    ServeOptions standard = ServeOptions.standard();
    ServeOptions options =
        new ServeOptions(
            Integer.parseInt(arguments[3]),
            standard.fetchThreads(),
            standard.maxTransfer(),
            standard.maxBackground());
    long size = Long.parseLong(arguments[2]);
    HostSparseFile file = HostSparseFile.create(Path.of(arguments[1]));
    try (FuseLoopExporter exporter =
            new FuseLoopExporter(Path.of(arguments[0]), ResourceJournal.none(), options);
        StackDevice device =
            new StackDevice(LayerStack.of(List.of(), size), SparseLayer.create(file, size));
        ExportedDevice exported = exporter.export(device, "bench", false)) {
      System.out.println(exported.node());
      System.in.readAllBytes();
      System.err.println(device.stats() + " failure " + device.failure());
    }
  }
}
