package dev.obdbuild.backstore.config;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One read-only layer, found in the first place that has it.
 *
 * @param file the layer itself
 * @param dir folder that may hold it
 * @param digest of the blob in the repository; as it was written, since a layer found in a file
 *     needs none
 * @param size of that blob in bytes, 0 if it is not told
 */
public record LowerSpec(Optional<Path> file, Optional<Path> dir, String digest, long size) {
  private static final List<String> NAMES =
      List.of("overlaybd.commit", ".commit", "overlaybd.sealed");
  private static final String TRACE = "trace";
  private static final String TAR = "application/vnd.oci.image.layer.v1.tar";

  /** Files that may hold the layer, the first one there counts. */
  public List<Path> files() {
    List<Path> files = new ArrayList<>();
    file.ifPresent(files::add);
    dir.ifPresent(folder -> NAMES.forEach(name -> files.add(folder.resolve(name))));
    return files;
  }

  /** Where the prefetch trace lies if this is an acceleration layer. */
  public Optional<Path> trace() {
    return dir.map(folder -> folder.resolve(TRACE));
  }

  /**
   * The blob in the repository.
   *
   * @throws IllegalArgumentException if its digest is missing or none
   */
  public Descriptor blob() {
    if (digest.isEmpty()) {
      throw new IllegalArgumentException("digest is missing");
    }
    return new Descriptor(TAR, Digest.parse(digest), size);
  }
}
