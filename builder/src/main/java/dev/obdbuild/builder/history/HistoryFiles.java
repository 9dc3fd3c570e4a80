package dev.obdbuild.builder.history;

import dev.obdbuild.oci.content.FirstBytes;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.snapshots.store.Database;
import java.io.ByteArrayInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * The files of the history. They are not forced to disk, for a build never waits for that: after a
 * power cut a blob may be short, and whoever reads it is told so.
 */
final class HistoryFiles implements HistoryBlobs {

  private final Path root;
  private final Database database;
  private final String owner;

  /**
   * @param root the state folder
   * @param owner this process: what it leaves unfinished is removed when it is dead
   */
  HistoryFiles(Path root, Database database, String owner) throws IOException {
    this.owner = owner;
    this.root = root.resolve("history");
    this.database = database;
    Files.createDirectories(blobs());
    Files.createDirectories(ingests());
  }

  private Path blobs() {
    return root.resolve("blobs").resolve("sha256");
  }

  Path ingests() {
    return root.resolve("ingest");
  }

  /** The status log of a running build. */
  Path ingest(String name) {
    return ingests().resolve(name);
  }

  Path blob(Digest digest) {
    if (!digest.algorithm().equals("sha256")) {
      throw new IllegalArgumentException("not a sha256: " + digest);
    }
    return blobs().resolve(digest.hex());
  }

  /** A name for a file below {@link #ingest} that nobody has. */
  String temporaryName() {
    return Recovery.name(owner, UUID.randomUUID());
  }

  /** Stores bytes; the caller puts them on record. */
  HistoryBlob write(String mediaType, byte[] bytes, Instant now) throws IOException {
    Digest digest = Digest.sha256(bytes);
    Path target = blob(digest);
    if (!Files.exists(target) || Files.size(target) != bytes.length) {
      Path temporary = ingest(temporaryName());
      try {
        Files.write(temporary, bytes);
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(temporary);
      }
    }
    return new HistoryBlob(digest, mediaType, bytes.length, now);
  }

  void delete(Digest digest) throws IOException {
    Files.deleteIfExists(blob(digest));
  }

  @Override
  public Optional<HistoryBlob> find(Digest digest) throws IOException {
    return database.tx(tx -> HistoryTables.blob(tx, digest));
  }

  @Override
  public InputStream read(Digest digest, long offset, long length) throws IOException {
    HistoryBlob blob =
        find(digest).orElseThrow(() -> new NoSuchFileException(digest + " in the history"));
    if (offset < 0 || length < 0 || offset > blob.size()) {
      throw new IllegalArgumentException(
          length + " bytes at " + offset + " of " + blob.size() + " of " + digest);
    }
    checked(blob);
    long most = Math.min(length, blob.size() - offset);
    if (most == 0) {
      return new ByteArrayInputStream(new byte[0]);
    }
    InputStream in = new FileInputStream(blob(digest).toFile());
    try {
      in.skipNBytes(offset);
      return FirstBytes.atMost(in, most);
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  /** The file of a blob that is as long as it should be. */
  Path checked(HistoryBlob blob) throws IOException {
    Path file = blob(blob.digest());
    long found = Files.size(file);
    if (found != blob.size()) {
      throw new IOException(
          "history blob " + blob.digest() + " has " + found + " bytes, expected " + blob.size());
    }
    return file;
  }
}
