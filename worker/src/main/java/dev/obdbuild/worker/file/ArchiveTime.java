package dev.obdbuild.worker.file;

import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.sys.LinuxException;
import dev.obdbuild.oci.tar.TarEntry;
import dev.obdbuild.oci.tar.TarReader;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.SourceChangedException;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/** When the newest file of an archive was changed. */
public final class ArchiveTime {
  private ArchiveTime() {}

  /**
   * Reads a tar archive, compressed or not, to its end; on mount threads only.
   *
   * @param real the archive, with no symlink in it
   * @return empty if it has no regular files, or is no whole archive
   */
  public static Optional<Instant> newest(FileTree tree, RawPath real) throws IOException {
    Optional<Instant> newest = Optional.empty();
    try (OpenFile file = tree.read(real);
        TarReader tar = new TarReader(Archives.decompressed(file), real.text())) {
      for (Optional<TarEntry> entry = tar.next(); entry.isPresent(); entry = tar.next()) {
        newest = later(newest, entry.get());
      }
      return newest;
    } catch (LinuxException | SourceChangedException e) {
      throw e;
    } catch (IOException e) {
      // Not to be read as an archive: then its times say nothing.
      return Optional.empty();
    }
  }

  private static Optional<Instant> later(Optional<Instant> newest, TarEntry entry) {
    boolean regular = entry.type() == TarEntry.Type.FILE || entry.type() == TarEntry.Type.HARD_LINK;
    if (!regular) {
      return newest;
    }
    Instant time = Instant.ofEpochSecond(entry.mtime().seconds(), entry.mtime().nanos());
    return newest.isPresent() && !time.isAfter(newest.get()) ? newest : Optional.of(time);
  }
}
