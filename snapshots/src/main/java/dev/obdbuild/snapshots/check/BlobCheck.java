package dev.obdbuild.snapshots.check;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.ChannelFile;
import dev.obdbuild.overlaybd.layer.LayerFile;
import dev.obdbuild.snapshots.store.Blobs;
import dev.obdbuild.snapshots.store.StorePaths;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Compares blobs with their names, each once. */
final class BlobCheck {
  private static final int PIECE = 1 << 20;

  private final StorePaths paths;
  private final Blobs blobs;
  private final Map<String, Optional<String>> known = new HashMap<>();
  private long bytes;

  BlobCheck(StorePaths paths, Blobs blobs) {
    this.paths = paths;
    this.blobs = blobs;
  }

  int files() {
    return known.size();
  }

  long bytes() {
    return bytes;
  }

  /** What is wrong with a blob; empty when nothing is. */
  Optional<String> damage(String hex) throws IOException {
    Optional<String> before = known.get(hex);
    if (before != null) {
      return before;
    }
    Optional<String> found = read(hex);
    known.put(hex, found);
    return found;
  }

  private Optional<String> read(String hex) throws IOException {
    Path file = paths.blob(hex);
    if (!Files.exists(file)) {
      return Optional.of("blob sha256:" + hex + " is missing");
    }
    // Opening a pipe would wait for its writer.
    if (!Files.isRegularFile(file)) {
      return Optional.of("blob sha256:" + hex + " is no file");
    }
    bytes += Files.size(file);
    Optional<String> differs = blobs.differs(hex);
    return differs.map(
        other -> "blob sha256:" + hex + " holds sha256:" + other + place(file, "sha256:" + hex));
  }

  /** Where a layer's blob is damaged, as far as its own checksums tell. */
  private static String place(Path file, String name) {
    try (BlockFile blob = ChannelFile.open(file);
        BlockFile layer = LayerFile.unwrap(blob, name)) {
      byte[] piece = new byte[PIECE];
      for (long at = 0; at < layer.size(); at += PIECE) {
        int length = (int) Math.min(PIECE, layer.size() - at);
        layer.read(at, MemorySegment.ofArray(piece).asSlice(0, length));
      }
      return "";
    } catch (IOException e) {
      return " (" + e.getMessage() + ")";
    }
  }
}
