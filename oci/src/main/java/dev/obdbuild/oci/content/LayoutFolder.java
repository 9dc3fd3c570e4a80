package dev.obdbuild.oci.content;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.OptionalLong;

/**
 * The blobs of an OCI layout on this disk: {@code FOLDER/blobs/sha256/HEX}. Its index is not its
 * affair. Several processes may use one folder.
 */
public final class LayoutFolder implements ContentStore {
  private static final int BUFFER = 128 << 10;

  private final Path blobs;

  /**
   * @param folder need not exist; made when something is written
   */
  public LayoutFolder(Path folder) {
    this.blobs = folder.resolve("blobs");
  }

  private Path file(Digest digest) {
    return blobs.resolve(digest.algorithm()).resolve(digest.hex());
  }

  @Override
  public OptionalLong size(Digest digest) throws IOException {
    try {
      return OptionalLong.of(Files.size(file(digest)));
    } catch (NoSuchFileException e) {
      return OptionalLong.empty();
    }
  }

  @Override
  public InputStream read(Digest digest, long offset, long length) throws IOException {
    FileChannel file;
    try {
      file = FileChannel.open(file(digest), StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      NoSuchFileException missing = new NoSuchFileException("blob " + digest + " of " + blobs);
      missing.initCause(e);
      throw missing;
    }
    try {
      return FirstBytes.atMost(Channels.newInputStream(file.position(offset)), length);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  @Override
  public void write(Descriptor blob, InputStream bytes) throws IOException {
    Path file = file(blob.digest());
    if (Files.exists(file)) {
      return;
    }
    Files.createDirectories(file.getParent());
    Path beside = Files.createTempFile(file.getParent(), ".new-", "");
    try {
      try (OutputStream out = Files.newOutputStream(beside)) {
        copy(blob, bytes, out);
      }
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(beside);
    }
  }

  private void copy(Descriptor blob, InputStream bytes, OutputStream out) throws IOException {
    MessageDigest hash = blob.digest().newHash();
    byte[] buffer = new byte[BUFFER];
    long size = 0;
    for (int n = bytes.read(buffer); n >= 0; n = bytes.read(buffer)) {
      size += n;
      if (size > blob.size()) {
        break;
      }
      hash.update(buffer, 0, n);
      out.write(buffer, 0, n);
    }
    if (size != blob.size()) {
      throw new IOException(
          "blob %s of %s has %s bytes, not %d"
              .formatted(
                  blob.digest(), blobs, size > blob.size() ? "more" : "" + size, blob.size()));
    }
    Digest found = blob.digest().finish(hash);
    if (!found.equals(blob.digest())) {
      throw new IOException("blob " + blob.digest() + " of " + blobs + " has the digest " + found);
    }
  }
}
