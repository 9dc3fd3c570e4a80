package dev.obdbuild.snapshots.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Complete files named by their sha256. A file gets its name only when whole and synced: the name
 * is the proof.
 *
 * <p>Thread-safe; other processes may add and delete files at any time.
 */
public final class Blobs {
  private static final int COPY_BYTES = 1 << 20;

  private final StorePaths paths;
  private final String owner;

  /** Blobs written through temporary files of {@code owner}. */
  public Blobs(StorePaths paths, String owner) {
    this.paths = paths;
    this.owner = owner;
  }

  /**
   * A fresh path for a file in the making; swept with its owner. On the file system of the blobs.
   */
  public Path temporary() throws IOException {
    Path directory = paths.temp(owner);
    Files.createDirectories(directory);
    return directory.resolve(UUID.randomUUID().toString());
  }

  /**
   * Gives the finished file its name. The file is synced first; an equal blob that is already there
   * wins.
   */
  public Path publish(Path file, String hex) throws IOException {
    Path target = paths.blob(hex);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
    syncDirectory(target);
    return target;
  }

  /** Stores bytes; yields the hex name. */
  public String put(byte[] bytes) throws IOException {
    String hex = HexFormat.of().formatHex(sha256().digest(bytes));
    if (!Files.exists(paths.blob(hex))) {
      Path temporary = temporary();
      Files.write(temporary, bytes);
      publish(temporary, hex);
    }
    return hex;
  }

  /**
   * Stores a stream whose digest must be {@code hex}; nothing is kept when it is not. Does not
   * close the stream.
   */
  public Path put(InputStream in, String hex) throws IOException {
    Path temporary = temporary();
    boolean published = false;
    try {
      MessageDigest digest = sha256();
      try (FileChannel out =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        byte[] buffer = new byte[COPY_BYTES];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          digest.update(buffer, 0, n);
          for (ByteBuffer rest = ByteBuffer.wrap(buffer, 0, n); rest.hasRemaining(); ) {
            out.write(rest);
          }
        }
      }
      String found = HexFormat.of().formatHex(digest.digest());
      if (!found.equals(hex)) {
        throw new StoreException("blob sha256:" + hex + " arrived as sha256:" + found);
      }
      Path result = publish(temporary, hex);
      published = true;
      return result;
    } finally {
      if (!published) {
        Files.deleteIfExists(temporary);
      }
    }
  }

  public boolean has(String hex) {
    return Files.exists(paths.blob(hex));
  }

  /** Where the blob lies (it need not exist). */
  public Path path(String hex) {
    return paths.blob(hex);
  }

  /** The bytes of a small blob (manifest, config). */
  public byte[] bytes(String hex) throws IOException {
    try {
      return Files.readAllBytes(paths.blob(hex));
    } catch (NoSuchFileException e) {
      throw new StoreException("blob sha256:" + hex + " is missing from " + paths.blobs(), e);
    }
  }

  /** Reads the whole blob and compares its name with its content. */
  public void verify(String hex) throws IOException {
    Optional<String> found = differs(hex);
    if (found.isPresent()) {
      throw new StoreException("blob " + paths.blob(hex) + " holds sha256:" + found.get());
    }
  }

  /** Reads the whole blob; its digest in hex when that is not its name. */
  public Optional<String> differs(String hex) throws IOException {
    MessageDigest digest = sha256();
    try (InputStream in = Files.newInputStream(paths.blob(hex))) {
      byte[] buffer = new byte[COPY_BYTES];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    } catch (NoSuchFileException e) {
      throw new StoreException("blob sha256:" + hex + " is missing from " + paths.blobs(), e);
    }
    String found = HexFormat.of().formatHex(digest.digest());
    return found.equals(hex) ? Optional.empty() : Optional.of(found);
  }

  public void delete(String hex) throws IOException {
    Files.deleteIfExists(paths.blob(hex));
  }

  /** Names of all blobs. */
  public List<String> all() throws IOException {
    try (var files = Files.list(paths.blobs())) {
      return files.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  private static void syncDirectory(Path file) throws IOException {
    Path directory = file.getParent();
    if (directory != null) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }
}
