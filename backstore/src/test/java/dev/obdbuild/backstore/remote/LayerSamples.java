package dev.obdbuild.backstore.remote;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.layer.SealedLayerWriter;
import dev.obdbuild.overlaybd.lsmt.CommitOptions;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import dev.obdbuild.overlaybd.zfile.Codec;
import dev.obdbuild.overlaybd.zfile.ZFileOptions;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;

/** Sealed layers of random bytes, as a registry has them. */
public final class LayerSamples {

  private static final ZFileOptions LZ4 = new ZFileOptions(Codec.LZ4, 4096, true);

  private LayerSamples() {}

  /** What is written: {@code count} pieces of {@code length} bytes, one every {@code stride}. */
  public record Shape(long virtualSize, int count, int length, long stride) {}

  /** The bytes of a layer blob: tar, ZFile, LSMT. */
  public static byte[] blob(Shape shape, long seed) throws IOException {
    SparseLayer writable = SparseLayer.create(MemoryFile.of(new byte[0]), shape.virtualSize());
    Random random = new Random(seed);
    byte[] piece = new byte[shape.length()];
    for (int i = 0; i < shape.count(); i++) {
      random.nextBytes(piece);
      writable.write(i * shape.stride(), MemorySegment.ofArray(piece));
    }
    Path out = Files.createTempFile("layer", ".blob");
    try (Layer layer = writable.freeze()) {
      SealedLayerWriter.seal(
          layer, CommitOptions.of(shape.virtualSize()), Optional.of(LZ4), true, out, 0);
      return Files.readAllBytes(out);
    } finally {
      Files.delete(out);
    }
  }

  /** What a device on that layer alone begins with. */
  public static byte[] plain(Shape shape, long seed) {
    Random random = new Random(seed);
    byte[] out = new byte[Math.toIntExact(shape.count() * shape.stride())];
    byte[] piece = new byte[shape.length()];
    for (int i = 0; i < shape.count(); i++) {
      random.nextBytes(piece);
      System.arraycopy(piece, 0, out, Math.toIntExact(i * shape.stride()), piece.length);
    }
    return out;
  }

  public static Descriptor descriptor(byte[] blob) {
    return Descriptor.of(MediaTypes.OCI_LAYER, blob);
  }
}
