package dev.obdbuild.backstore.cache;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.FormatException;
import dev.obdbuild.overlaybd.tarwrap.TarMember;
import dev.obdbuild.overlaybd.zfile.ZFileReader;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads all that a folder of cached blobs keeps and drops what is damaged, so that it is fetched
 * again when it is needed. Fetches nothing: a compressed block of which a part is not there cannot
 * be checked, nor can parts of a blob without checksums. One thread; other processes may use the
 * folder meanwhile.
 */
public final class CacheCheck {
  private static final int SHA256_DIGITS = 64;

  private final Path folder;
  private final List<String> damage = new ArrayList<>();
  private int blobs;
  private long bytes;

  private CacheCheck(Path folder) {
    this.folder = folder;
  }

  /**
   * What was found.
   *
   * @param blobs of which something is kept
   * @param bytes kept of them
   * @param damage what was dropped, one line each, with the blob's digest and the place in it
   */
  public record Report(int blobs, long bytes, List<String> damage) {
    public Report {
      damage = List.copyOf(damage);
    }
  }

  /** Checks a folder; one that is not there holds nothing. */
  public static Report run(Path folder) throws IOException {
    CacheCheck check = new CacheCheck(folder);
    if (Files.isDirectory(folder)) {
      try (FolderLock lock = FolderLock.open(folder)) {
        for (String name : check.names()) {
          lock.run(() -> check.file(name));
        }
      }
    }
    return new Report(check.blobs, check.bytes, check.damage);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private void file(String name) throws IOException {
    int dot = name.lastIndexOf('.');
    String key = name.substring(0, Math.max(0, dot));
    if (name.endsWith(".data") && !Files.exists(KeptBlocks.map(folder, key))) {
      Files.deleteIfExists(folder.resolve(name));
      damage.add(name + ": nothing says which blocks it holds; deleted");
    } else if (name.endsWith(".map")) {
      // One that does not count, after a restart of the host for instance, is begun anew by itself.
      Optional<KeptBlocks> kept = KeptBlocks.existing(folder, key);
      if (kept.isPresent()) {
        try (KeptBlocks blocks = kept.get()) {
          if (blocks.cutOff() > 0) {
            damage.add(
                "%s: the cached blob's file is too short for %d blocks of %d bytes; dropped"
                    .formatted(key, blocks.cutOff(), BlockCache.BLOCK));
          }
          blob(key, blocks);
        }
      }
    }
  }

  private void blob(String key, KeptBlocks kept) throws IOException {
    if (kept.isEmpty()) {
      return;
    }
    blobs++;
    bytes += kept.bytes();
    boolean whole = kept.firstMissing(0, kept.blocks() - 1) < 0;
    if (whole && key.length() == SHA256_DIGITS) {
      Optional<Boolean> right = kept.verify(kept.size(), sha256(), HexFormat.of().parseHex(key));
      if (right.isPresent() && right.get()) {
        return;
      }
    }
    int before = damage.size();
    boolean checked = compressed("sha256:" + key, new Kept(kept));
    if (whole && key.length() == SHA256_DIGITS && (!checked || damage.size() == before)) {
      kept.remove(0, kept.blocks() - 1);
      damage.add("sha256:" + key + ": the cached blob has another digest; dropped");
    }
  }

  /** Whether blocks could be checked one by one. */
  private boolean compressed(String name, Kept file) throws IOException {
    ZFileReader zfile;
    try {
      BlockFile member = TarMember.unwrap(file, name);
      if (!ZFileReader.looksLike(member)) {
        return false;
      }
      zfile = ZFileReader.open(member, name);
    } catch (NotKeptException e) {
      return false;
    } catch (FormatException e) {
      file.evict(0, file.size());
      damage.add(e.getMessage() + "; the blob is dropped from the cache");
      return true;
    }
    try (zfile) {
      blocks(name, zfile, file);
    }
    return true;
  }

  private void blocks(String name, ZFileReader zfile, Kept file) throws IOException {
    byte[] block = new byte[zfile.blockSize()];
    long size = zfile.size();
    for (long at = 0; at < size; at += block.length) {
      int length = (int) Math.min(block.length, size - at);
      file.evicted = -1;
      try {
        zfile.read(at, MemorySegment.ofArray(block).asSlice(0, length));
      } catch (NotKeptException e) {
        // Either it never was there, or the reader has just had it dropped for being damaged.
        if (file.evicted >= 0) {
          damage.add(
              "%s: ZFile block %d at offset %d of the cached blob is damaged; dropped"
                  .formatted(name, at / block.length, file.evicted));
        }
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

  /** A part of the range is not on disk. */
  private static final class NotKeptException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** What is on disk as a file that fails elsewhere. */
  private static final class Kept implements BlockFile {
    private final KeptBlocks kept;
    private long evicted = -1;

    Kept(KeptBlocks kept) {
      this.kept = kept;
    }

    @Override
    public long size() {
      return kept.size();
    }

    @Override
    public void read(long offset, MemorySegment dst) throws IOException {
      if (dst.byteSize() == 0) {
        return;
      }
      int first = (int) (offset / BlockCache.BLOCK);
      int last = (int) ((offset + dst.byteSize() - 1) / BlockCache.BLOCK);
      if (kept.firstMissing(first, last) >= 0 || !kept.read(offset, dst, kept.known())) {
        throw new NotKeptException();
      }
    }

    @Override
    public void evict(long offset, long length) throws IOException {
      if (length > 0) {
        evicted = offset;
        kept.remove(
            (int) (offset / BlockCache.BLOCK), (int) ((offset + length - 1) / BlockCache.BLOCK));
      }
    }

    @Override
    public void close() {
      // its owner does
    }
  }
}
