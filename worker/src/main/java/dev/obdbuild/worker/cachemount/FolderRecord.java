package dev.obdbuild.worker.cachemount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;

/**
 * A folder as listings show it.
 *
 * @param id what it is for
 * @param bytes stored in it
 */
public record FolderRecord(
    String id,
    Path home,
    int number,
    long bytes,
    Instant created,
    Instant lastUsed,
    boolean inUse) {

  static FolderRecord of(Folder folder, long bytes, boolean inUse) throws IOException {
    BasicFileAttributes times = Files.readAttributes(folder.place(), BasicFileAttributes.class);
    return new FolderRecord(
        FolderHomes.idOf(folder.home()).orElse(folder.home().toString()),
        folder.home(),
        folder.number(),
        bytes,
        times.creationTime().toInstant(),
        times.lastModifiedTime().toInstant(),
        inUse);
  }
}
