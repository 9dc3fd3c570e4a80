package dev.obdbuild.backstore.attach;

import dev.obdbuild.backstore.config.UpperSpec;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.WritableLayer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes numbered pieces to a writable layer's sectors in turns, and prints the number up to which
 * all was flushed, until it is killed.
 */
final class UpperWriter {
  static final int PLACES = 37;
  static final int SECTORS = 3;
  static final int PIECE = SECTORS * 512;
  private static final int FLUSHED_EVERY = 53;

  private UpperWriter() {}

  /** Arguments: data file, index file, first number. */
  public static void main(String[] arguments) throws IOException {
    UpperSpec spec = new UpperSpec(Path.of(arguments[0]), Path.of(arguments[1]));
    WritableLayer layer = UpperLayer.open(spec).layer();
    System.out.println("writing");
    for (int number = Integer.parseInt(arguments[2]); ; number++) {
      layer.write(
          (long) number % PLACES * PIECE, MemorySegment.ofArray(piece(number)), nothing(layer));
      if (number % FLUSHED_EVERY == 0) {
        layer.force();
        System.out.println(number);
      }
    }
  }

  static LayerStack nothing(WritableLayer layer) {
    return LayerStack.of(List.of(), layer.virtualSize());
  }

  /** The same number in each of its sectors, and what follows from it. */
  static byte[] piece(int number) {
    byte[] bytes = new byte[PIECE];
    MemorySegment all = MemorySegment.ofArray(bytes);
    for (int i = 0; i < SECTORS; i++) {
      all.asSlice(i * 512L, 512).fill((byte) (number * 31 + i));
      all.set(ValueLayout.JAVA_INT_UNALIGNED, i * 512L, number);
    }
    return bytes;
  }
}
