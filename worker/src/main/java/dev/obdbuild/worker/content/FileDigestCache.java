package dev.obdbuild.worker.content;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A {@link DigestCache} in one file that several processes may append to. Big-endian: the magic
 * {@code OBDDIG01}, then records of 52 bytes: the first 16 bytes of the key's sha256, the file's
 * sha256, CRC32C of these 48. What follows a record that does not check (a torn append) is dropped
 * at the next opening; so is everything once there are too many.
 */
public final class FileDigestCache implements DigestCache, Closeable {
  private static final long MAGIC = 0x4f42444449473031L;
  private static final int HEADER = 8;
  private static final int RECORD = 52;
  private static final int CHECKED = 48;
  private static final int MOST_RECORDS = 1_000_000;
  private static final int FLUSH_RECORDS = 4096;

  private final FileChannel file;
  private final ByteBuffer pending = ByteBuffer.allocate(FLUSH_RECORDS * RECORD);
  private final CRC32C crc = new CRC32C();

  private final Path path;
  private @Nullable DigestTable known;

  private FileDigestCache(Path path, FileChannel file) {
    this.path = path;
    this.file = file;
  }

  /** Opens or makes {@code path}; a file that is none of ours is begun anew once it is used. */
  public static FileDigestCache open(Path path) throws IOException {
    Path parent = path.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    return new FileDigestCache(
        path,
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  /** The table, read when it is needed first: a build that knows its folders' states never does. */
  private DigestTable table() throws IOException {
    DigestTable table = known;
    if (table == null) {
      try (FileLock _ = file.lock()) {
        table = load();
      } catch (OverlappingFileLockException e) {
        throw new IOException(path + " is in use by another part of this process", e);
      }
      known = table;
    }
    return table;
  }

  @Override
  public synchronized boolean isReady() throws IOException {
    return known != null || file.size() <= HEADER + pending.capacity();
  }

  private DigestTable load() throws IOException {
    ByteBuffer head = ByteBuffer.allocate(HEADER);
    boolean ours = file.size() >= HEADER && readFully(head, 0) && head.flip().getLong() == MAGIC;
    if (!ours || file.size() >= HEADER + (long) MOST_RECORDS * RECORD) {
      file.truncate(0);
      file.write(ByteBuffer.allocate(HEADER).putLong(MAGIC).flip(), 0);
      return new DigestTable(0);
    }
    DigestTable table = new DigestTable((int) (file.size() / RECORD));
    long at = HEADER;
    ByteBuffer chunk = ByteBuffer.allocate(FLUSH_RECORDS * RECORD);
    while (at < file.size()) {
      chunk.clear().limit((int) Math.min(chunk.capacity(), file.size() - at));
      if (!readFully(chunk, at)) {
        break;
      }
      chunk.flip();
      while (chunk.remaining() >= RECORD && take(chunk, table)) {
        at += RECORD;
      }
      if (chunk.hasRemaining()) {
        break;
      }
    }
    file.truncate(at);
    return table;
  }

  private boolean readFully(ByteBuffer into, long offset) throws IOException {
    long at = offset;
    while (into.hasRemaining()) {
      int n = file.read(into, at);
      if (n < 0) {
        return false;
      }
      at += n;
    }
    return true;
  }

  /** Takes one record; false, with the buffer where it was, when it does not check. */
  private boolean take(ByteBuffer chunk, DigestTable table) {
    int start = chunk.position();
    if (chunk.getInt(start + CHECKED) != crc(chunk, start)) {
      return false;
    }
    long high = chunk.getLong();
    table.put(high, chunk.getLong(), chunk);
    chunk.position(start + RECORD);
    return true;
  }

  private int crc(ByteBuffer buffer, int start) {
    crc.reset();
    crc.update(buffer.array(), buffer.arrayOffset() + start, CHECKED);
    return (int) crc.getValue();
  }

  private static ByteBuffer hash(Key key) {
    try {
      byte[] scope = key.scope().getBytes(StandardCharsets.UTF_8);
      ByteBuffer bytes = ByteBuffer.allocate(scope.length + 48);
      bytes.put(scope).putLong(key.device()).putLong(key.inode()).putLong(key.size());
      bytes.putLong(key.mtime().seconds()).putInt(key.mtime().nanos());
      bytes.putLong(key.ctime().seconds()).putInt(key.ctime().nanos());
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public byte @Nullable [] find(Key key) throws IOException {
    ByteBuffer hash = hash(key);
    synchronized (this) {
      return table().find(hash.getLong(0), hash.getLong(8));
    }
  }

  @Override
  public void put(Key key, byte[] sha256) throws IOException {
    ByteBuffer hash = hash(key);
    synchronized (this) {
      DigestTable table = table();
      if (table.size() >= MOST_RECORDS) {
        return;
      }
      table.put(hash.getLong(0), hash.getLong(8), ByteBuffer.wrap(sha256));
      int start = pending.position();
      pending.put(hash.slice(0, 16)).put(sha256);
      pending.putInt(crc(pending, start));
      if (!pending.hasRemaining()) {
        flush();
      }
    }
  }

  @Override
  public synchronized void flush() throws IOException {
    if (pending.position() == 0) {
      return;
    }
    pending.flip();
    try (FileLock _ = file.lock()) {
      long end = file.size();
      // Another process may have died in the middle of a record.
      long at = Math.max(HEADER, end - Math.floorMod(end - HEADER, RECORD));
      while (pending.hasRemaining()) {
        at += file.write(pending, at);
      }
    } catch (OverlappingFileLockException e) {
      // Another cache of this process appends to the same file right now; ours only costs reading
      // again later.
      return;
    } finally {
      pending.clear();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    try (file) {
      flush();
    }
  }
}
