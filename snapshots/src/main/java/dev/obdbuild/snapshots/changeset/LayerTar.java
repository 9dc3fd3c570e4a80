package dev.obdbuild.snapshots.changeset;

import dev.obdbuild.oci.image.Digest;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.concurrent.Executor;

/**
 * An ordinary layer being written in one pass: hashed, compressed, hashed again, into a file.
 *
 * @param diffId of the tar
 * @param digest of the file
 * @param size of the file in bytes
 */
public record LayerTar(Digest diffId, Digest digest, long size) {
  private static final int BUFFER = 256 << 10;

  /** Writes the bytes of a tar. */
  @FunctionalInterface
  public interface Source {
    /** Does not close {@code tar}. */
    void writeTo(OutputStream tar) throws IOException;
  }

  /** Threads that compress, and how many blocks of one layer may be in work on them. */
  public record Compressing(Executor threads, int blocks) {}

  /** Writes what {@code source} yields to the new file {@code file}; it is not synced. */
  public static LayerTar write(Source source, TarFormat format, Path file, Compressing compressing)
      throws IOException {
    try (Hashing stored = new Hashing(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW));
        Hashing tar = new Hashing(compressed(stored, format, compressing))) {
      OutputStream buffered = new BufferedOutputStream(tar, BUFFER);
      source.writeTo(buffered);
      buffered.flush();
      tar.close();
      return new LayerTar(tar.digest(), stored.digest(), stored.bytes);
    }
  }

  private static OutputStream compressed(
      OutputStream out, TarFormat format, Compressing compressing) throws IOException {
    return switch (format.compression()) {
      case NONE -> out;
      case GZIP -> blocks(out, new BlockCodec.Gzip(format.level()), compressing);
      case ZSTD -> blocks(out, new BlockCodec.ZstdFrames(format.level()), compressing);
    };
  }

  private static OutputStream blocks(OutputStream out, BlockCodec codec, Compressing compressing)
      throws IOException {
    return new BlockCompressor(out, codec, compressing.threads(), compressing.blocks());
  }

  /** Hashes what passes. */
  private static final class Hashing extends OutputStream {
    private final OutputStream out;
    private final MessageDigest hash = Digest.newSha256();
    private long bytes;

    Hashing(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] from, int at, int length) throws IOException {
      hash.update(from, at, length);
      bytes += length;
      out.write(from, at, length);
    }

    Digest digest() {
      return Digest.ofHash(hash.digest());
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
