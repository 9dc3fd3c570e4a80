package dev.obdbuild.overlaybd.interop;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.lsmt.CommitOptions;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerCommit;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.WritableLayer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Small things about layers that several checks need. */
final class Views {
  private Views() {}

  /** What a writable layer shows now, read through itself. */
  static BlockFile live(WritableLayer layer) {
    LayerStack nothing = LayerStack.of(List.of(), 0);
    return new BlockFile() {
      @Override
      public long size() {
        return layer.virtualSize();
      }

      @Override
      public void read(long offset, MemorySegment dst) throws IOException {
        layer.read(offset, dst, nothing);
      }

      @Override
      public void close() {}
    };
  }

  static long indexRecords(byte[] file, int trailer) {
    return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong(trailer + 40);
  }

  static byte[] committed(Layer layer) throws IOException {
    MemoryFile out = new MemoryFile();
    LayerCommit.write(layer, CommitOptions.of(layer.virtualSize()), out);
    return out.toByteArray();
  }
}
