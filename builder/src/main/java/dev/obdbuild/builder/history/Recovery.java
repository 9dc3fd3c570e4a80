package dev.obdbuild.builder.history;

import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.obdbuild.linux.process.ProcessIdentity;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.protos.control.BuildHistoryRecord;
import dev.obdbuild.protos.control.StatusResponse;
import dev.obdbuild.snapshots.store.Boot;
import dev.obdbuild.snapshots.store.Database;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Completes the builds of processes that died as failed, with what is whole of their logs, and
 * removes what else they were writing.
 */
final class Recovery {

  static final String MESSAGE = "the build was interrupted: the process that ran it died";

  private final Database database;
  private final HistoryFiles files;
  private final InstantSource clock;

  Recovery(Database database, HistoryFiles files, InstantSource clock) {
    this.database = database;
    this.files = files;
    this.clock = clock;
  }

  /** Name of a file that a process is writing. */
  static String name(String owner, UUID id) {
    return owner.replace(' ', '_') + "_" + id;
  }

  void run() throws IOException {
    database.tx(
        tx -> {
          for (HistoryTables.Active build : HistoryTables.active(tx)) {
            if (!alive(build.owner())) {
              var record = build.record().toBuilder();
              Optional<HistoryBlob> log = salvage(files.ingest(build.log()), record);
              if (log.isPresent()) {
                HistoryTables.addBlob(tx, record.getRef(), log.get());
                record.setLogs(History.descriptor(log.get()));
              }
              record
                  .setError(Status.newBuilder().setCode(Code.ABORTED_VALUE).setMessage(MESSAGE))
                  .setCompletedAt(StatusMessages.timestamp(clock.instant()));
              HistoryTables.save(tx, record.build());
            }
          }
          return true;
        });
    removeLost();
  }

  /** Cuts a log behind its last whole frame and makes it a blob. */
  private Optional<HistoryBlob> salvage(Path log, BuildHistoryRecord.Builder record)
      throws IOException {
    StepCounts counts = new StepCounts();
    long whole;
    try {
      whole = wholeFrames(log, counts);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
      file.setLength(whole);
    }
    counts.writeTo(record);
    MessageDigest hash = Digest.newSha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(log), hash)) {
      in.transferTo(java.io.OutputStream.nullOutputStream());
    }
    Digest digest = Digest.ofHash(hash.digest());
    Files.move(log, files.blob(digest), StandardCopyOption.ATOMIC_MOVE);
    return Optional.of(new HistoryBlob(digest, History.STATUS_TYPE, whole, clock.instant()));
  }

  private static long wholeFrames(Path log, StepCounts counts) throws IOException {
    long size = Files.size(log);
    long end = 0;
    try (InputStream in = Files.newInputStream(log)) {
      while (size - end >= StatusReader.HEADER_BYTES) {
        byte[] header = in.readNBytes(StatusReader.HEADER_BYTES);
        int length = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).getInt();
        if (length < 0 || length > size - end - StatusReader.HEADER_BYTES) {
          break;
        }
        counts.add(StatusResponse.parseFrom(in.readNBytes(length)));
        end += StatusReader.HEADER_BYTES + length;
      }
    }
    return end;
  }

  private void removeLost() throws IOException {
    List<Path> left;
    try (Stream<Path> all = Files.list(files.ingests())) {
      left = all.toList();
    }
    for (Path file : left) {
      String[] parts = String.valueOf(file.getFileName()).split("_", -1);
      if (parts.length != 4 || !alive(String.join(" ", parts[0], parts[1], parts[2]))) {
        Files.deleteIfExists(file);
      }
    }
  }

  /**
   * @param owner boot, pid and start time of a process
   */
  private static boolean alive(String owner) throws IOException {
    String[] parts = owner.split(" ", -1);
    return parts.length == 3
        && parts[0].equals(Boot.id())
        && new ProcessIdentity(Long.parseLong(parts[1]), Long.parseLong(parts[2])).holds();
  }
}
