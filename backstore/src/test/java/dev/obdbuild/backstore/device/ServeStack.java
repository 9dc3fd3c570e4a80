package dev.obdbuild.backstore.device;

import dev.obdbuild.overlaybd.block.ChannelFile;
import dev.obdbuild.overlaybd.layer.LayerFile;
import dev.obdbuild.overlaybd.layer.SealedLayerWriter;
import dev.obdbuild.overlaybd.lsmt.CommitOptions;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import dev.obdbuild.overlaybd.zfile.Codec;
import dev.obdbuild.overlaybd.zfile.ZFileOptions;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Serves a writable layer in a file until its input ends; then prints what was done. For {@code
 * bench/device.sh}.
 */
final class ServeStack {
  private ServeStack() {}

  /**
   * Arguments: folder for the exporter's files, data file to make, size in bytes, serving threads,
   * and perhaps a codec, a block size and a file whose bytes become a sealed layer below.
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
    List<Layer> below = List.of();
    if (arguments.length > 4) {
      ZFileOptions zfile =
          new ZFileOptions(Codec.valueOf(arguments[4]), Integer.parseInt(arguments[5]), true);
      below = List.of(sealed(Path.of(arguments[6]), size, zfile, Path.of(arguments[1] + ".base")));
    }
    try (FuseLoopExporter exporter =
            new FuseLoopExporter(Path.of(arguments[0]), ResourceJournal.none(), options);
        StackDevice device =
            new StackDevice(LayerStack.of(below, size), SparseLayer.create(file, size));
        ExportedDevice exported = exporter.export(device, "bench", false)) {
      System.out.println(exported.node());
      System.in.readAllBytes();
      System.err.println(device.stats() + " failure " + device.failure());
    }
  }

  private static Layer sealed(Path bytes, long size, ZFileOptions zfile, Path out)
      throws IOException {
    Path raw = Path.of(out + ".raw");
    SparseLayer writable = SparseLayer.create(HostSparseFile.create(raw), size);
    try (InputStream in = Files.newInputStream(bytes)) {
      long at = 0;
      for (byte[] part = in.readNBytes(1 << 20); part.length > 0; part = in.readNBytes(1 << 20)) {
        writable.write(at, MemorySegment.ofArray(part));
        at += part.length;
      }
    }
    try (Layer layer = writable.freeze()) {
      SealedLayerWriter.seal(layer, CommitOptions.of(size), Optional.of(zfile), true, out, 2);
    }
    Files.delete(raw);
    return LayerFile.open(ChannelFile.open(out), "base");
  }
}
