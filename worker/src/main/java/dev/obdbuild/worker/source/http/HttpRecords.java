package dev.obdbuild.worker.source.http;

import dev.obdbuild.oci.image.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * Records of downloads, one file for each request, and of signatures that were verified.
 * Thread-safe, shared by processes.
 */
final class HttpRecords {

  private final Path folder;

  HttpRecords(Path folder) {
    this.folder = folder;
  }

  Optional<HttpRecord> find(HttpSource source) throws IOException {
    try {
      return HttpRecord.parse(Files.readString(file(source)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  void put(HttpSource source, HttpRecord record) throws IOException {
    write(file(source), record.text());
  }

  boolean isVerified(Digest content, FileSignature signature) {
    return Files.exists(verified(content, signature));
  }

  void putVerified(Digest content, FileSignature signature) throws IOException {
    write(verified(content, signature), content + "\n");
  }

  private void write(Path file, String text) throws IOException {
    Files.createDirectories(folder);
    Path fresh = Files.createTempFile(folder, "new", "");
    try {
      Files.writeString(fresh, text);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  void remove(HttpSource source) throws IOException {
    Files.deleteIfExists(file(source));
  }

  /** The number of lines keeps keys and signature apart. */
  private Path verified(Digest content, FileSignature signature) {
    String key =
        "signature\n"
            + content
            + "\n"
            + signature.keys().lines().count()
            + "\n"
            + signature.keys()
            + "\n"
            + signature.armour();
    return folder.resolve(Digest.sha256(key.getBytes(StandardCharsets.UTF_8)).hex());
  }

  /** Requests that differ in anything the answer may depend on have records of their own. */
  private Path file(HttpSource source) {
    String key =
        source.url()
            + "\n"
            + source.filename()
            + "\n"
            + source.authHeaderSecret()
            + "\n"
            + source.headers();
    return folder.resolve(Digest.sha256(key.getBytes(StandardCharsets.UTF_8)).hex());
  }
}
