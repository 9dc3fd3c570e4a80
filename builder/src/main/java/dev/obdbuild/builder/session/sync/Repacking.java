package dev.obdbuild.builder.session.sync;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Moves what is still needed out of shared files of which less than half is, so that a pool takes
 * at most about twice the bytes of its contents.
 */
final class Repacking {
  private final Pool pool;
  private final Intake intake;

  Repacking(Pool pool, Intake intake) {
    this.pool = pool;
    this.intake = intake;
  }

  /** Gives entries whose contents are moved their new places. */
  void run(List<SyncEntry> entries) throws IOException {
    Set<Long> sparse = sparse(entries);
    if (sparse.isEmpty()) {
      return;
    }
    for (long file : sparse) {
      try (FileChannel from = FileChannel.open(pool.file(file))) {
        move(entries, file, from);
      }
    }
  }

  private void move(List<SyncEntry> entries, long file, FileChannel from) throws IOException {
    for (int i = 0; i < entries.size(); i++) {
      SyncEntry entry = entries.get(i);
      if (isShared(entry) && Place.file(entry.content()) == file) {
        long place = intake.add(read(from, entry));
        entries.set(i, entry.withContent(place, entry.size(), entry.sha256()));
      }
    }
  }

  private static boolean isShared(SyncEntry entry) {
    return entry.hasContent() && Place.isShared(entry.content());
  }

  private Set<Long> sparse(List<SyncEntry> entries) throws IOException {
    Map<Long, Long> needed = new HashMap<>();
    for (SyncEntry entry : entries) {
      if (isShared(entry)) {
        needed.merge(Place.file(entry.content()), Place.taken(entry.size()), Long::sum);
      }
    }
    Set<Long> sparse = new HashSet<>();
    for (Map.Entry<Long, Long> file : needed.entrySet()) {
      if (Files.size(pool.file(file.getKey())) > 2 * file.getValue()) {
        sparse.add(file.getKey());
      }
    }
    return sparse;
  }

  private static byte[] read(FileChannel from, SyncEntry entry) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) entry.size());
    long offset = Place.offset(entry.content());
    while (bytes.hasRemaining()) {
      if (from.read(bytes, offset + bytes.position()) < 0) {
        throw new EOFException("the copy of /" + entry.path() + " is cut");
      }
    }
    return bytes.array();
  }
}
