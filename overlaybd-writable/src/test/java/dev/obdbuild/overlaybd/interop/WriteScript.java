package dev.obdbuild.overlaybd.interop;

import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.WritableLayer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Replays the write scripts of the fixtures; the content rules are in their MANIFEST.md. */
final class WriteScript {
  private WriteScript() {}

  static void replay(String script, WritableLayer layer, LayerStack below) throws IOException {
    for (String line : script.lines().filter(l -> !l.isBlank() && !l.startsWith("#")).toList()) {
      String[] words = line.trim().split("\\s+");
      long offset = Long.parseLong(words[1]);
      int length = Integer.parseInt(words[2]);
      if (words[0].equals("d")) {
        layer.discard(offset, length, below);
      } else {
        long seed = words.length > 3 ? Long.parseLong(words[3]) : 0;
        layer.write(offset, MemorySegment.ofArray(content(words[0], length, seed)));
      }
    }
  }

  static byte[] content(String kind, int length, long seed) {
    byte[] bytes = new byte[length];
    for (int j = 0; j < length; j++) {
      bytes[j] =
          switch (kind) {
            case "w" -> (byte) (sm64(seed, j / 8) >>> (8 * (j % 8)));
            case "c" -> (byte) (sm64(seed, j / 32) >>> (8 * (j % 2)));
            case "Z", "z" -> 0;
            default -> throw new IllegalArgumentException("kind " + kind);
          };
    }
    return bytes;
  }

  private static long sm64(long seed, long k) {
    long z = (seed ^ (k * 0x9E3779B97F4A7C15L)) + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
