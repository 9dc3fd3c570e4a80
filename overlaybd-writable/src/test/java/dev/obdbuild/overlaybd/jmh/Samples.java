package dev.obdbuild.overlaybd.jmh;

import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.lsmt.CommitOptions;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.LogLayer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Inputs of the benchmarks. */
final class Samples {
  static final LayerStack NOTHING = LayerStack.of(List.of(), 0);

  private Samples() {}

  /** Real programs and headers, as a base image holds them. */
  static byte[] realData(int size) throws IOException {
    byte[] all = new byte[size];
    int filled = 0;
    for (String folder :
        List.of("/usr/bin", "/usr/include", "/usr/lib/x86_64-linux-gnu", "/usr/share/doc")) {
      if (!Files.isDirectory(Path.of(folder))) {
        continue;
      }
      try (Stream<Path> files = Files.walk(Path.of(folder), 2)) {
        int quarter = filled + size / 4;
        for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
          byte[] bytes = Files.readAllBytes(file);
          int n = Math.min(bytes.length, Math.min(size, quarter) - filled);
          System.arraycopy(bytes, 0, all, filled, n);
          filled += n;
          if (filled == quarter) {
            break;
          }
        }
      }
    }
    if (filled == 0) {
      throw new IOException("no files to make a sample of");
    }
    for (int at = filled; at < size; at++) {
      all[at] = all[at % filled];
    }
    return all;
  }

  /**
   * A layer of {@code segments} random pieces of 8 to 64 sectors, far apart enough to stay apart.
   */
  static Layer scattered(int segments, long seed) throws IOException {
    MemoryFile data = new MemoryFile();
    long stride = 128 * 512;
    LogLayer layer = LogLayer.create(data, new MemoryFile(), stride * segments);
    SplittableRandom random = new SplittableRandom(seed);
    MemorySegment bytes = MemorySegment.ofArray(new byte[512]);
    for (int i = 0; i < segments; i++) {
      layer.write(i * stride + random.nextInt(60) * 512L, bytes);
    }
    return layer.freeze();
  }

  static CommitOptions options(long size) {
    return CommitOptions.of(size);
  }
}
