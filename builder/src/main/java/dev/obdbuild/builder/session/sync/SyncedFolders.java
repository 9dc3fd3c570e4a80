package dev.obdbuild.builder.session.sync;

import dev.obdbuild.builder.session.sync.Copies.Held;
import dev.obdbuild.builder.session.tunnel.Duplex;
import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.Owner;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.linux.file.Trees;
import dev.obdbuild.linux.file.UnixTime;
import dev.obdbuild.protos.fsutil.Packet;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.SyncedTree;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Copies of clients' folders, kept from build to build and from daemon to daemon: {@code
 * FOLDER/SLOT/ID/} with {@code index} and {@code files/}. Builds that have the same folder open do
 * not disturb each other. Each process has a slot of its own, held by a lock. Thread-safe; its
 * files are on no served mount, so that any thread may use it.
 */
public final class SyncedFolders implements AutoCloseable {
  private static final int SLOTS = 16;
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private final Path slot;
  private final FileChannel lockFile;
  private final FileLock held;
  private final String boot;
  private final Map<String, Copies> open = new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong();

  private SyncedFolders(Path slot, FileChannel lockFile, FileLock held, String boot) {
    this.slot = slot;
    this.lockFile = lockFile;
    this.held = held;
    this.boot = boot;
  }

  /**
   * Opens the first slot that no other process has.
   *
   * @throws IOException when all are taken
   */
  public static SyncedFolders open(Path folder) throws IOException {
    String boot = Files.readString(BOOT_ID).strip();
    for (int i = 0; i < SLOTS; i++) {
      Path slot = folder.resolve(Integer.toString(i));
      Files.createDirectories(slot);
      FileChannel file =
          FileChannel.open(
              slot.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(file);
      if (lock != null) {
        return new SyncedFolders(slot, file, lock, boot);
      }
      file.close();
    }
    throw new IOException(folder + ": " + SLOTS + " processes keep folders there already");
  }

  private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (java.nio.channels.OverlappingFileLockException e) {
      return null;
    }
  }

  private static String id(String key) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private Copies copies(String id) throws IOException {
    try {
      return open.computeIfAbsent(
          id,
          absent -> {
            try {
              return new Copies(slot.resolve(id), boot, numbers::incrementAndGet);
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          });
    } catch (java.io.UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Begins a transfer. */
  @FunctionalInterface
  public interface Beginning {
    /**
     * @param state of the copy that is there, see {@link KnownState}; empty where it has none
     */
    Duplex<Packet, Packet> begin(String state) throws IOException;
  }

  /**
   * Brings the copy of a folder up to date and opens it.
   *
   * @param key tells this folder from others
   * @param wish what is transferred
   * @param beginning begins a transfer, for which it is told the state of the copy, see {@link
   *     KnownState}, or nothing; ended when this returns, whatever the outcome
   * @param transferred told the bytes of packets as they come
   * @return to be closed
   */
  public FileTree sync(String key, TransferWish wish, Beginning beginning, LongConsumer transferred)
      throws IOException {
    String id = id(key);
    while (true) {
      Copies copies = copies(id);
      Optional<Held> synced = copies.sync(key, beginning, wish, transferred);
      if (synced.isPresent()) {
        return tree(id, copies, synced.get());
      }
      open.remove(id, copies);
    }
  }

  private static FileTree tree(String id, Copies copies, Held copy) {
    AtomicBoolean closed = new AtomicBoolean();
    Closeable lease =
        () -> {
          if (closed.compareAndSet(false, true)) {
            copies.release(copy.copy());
          }
        };
    String scope = "synced:" + id;
    return new SyncedTree(
        () -> entries(copy.entries(), copies), scope, scope + ":" + copy.copy().number(), lease);
  }

  private static Iterable<SyncedTree.Entry> entries(List<SyncEntry> copied, Copies copies) {
    Map<Long, Integer> links = new HashMap<>();
    copied.stream()
        .filter(SyncEntry::isHardLink)
        .forEach(e -> links.merge(e.content(), 1, Integer::sum));
    return () ->
        copied.stream()
            .map(e -> entry(e, copies, 1 + links.getOrDefault(e.content(), 0)))
            .iterator();
  }

  private static SyncedTree.Entry entry(SyncEntry entry, Copies copies, int links) {
    long seconds = Math.floorDiv(entry.modified(), 1_000_000_000L);
    UnixTime time = new UnixTime(seconds, (int) Math.floorMod(entry.modified(), 1_000_000_000L));
    boolean symlink = entry.type() == FileType.SYMLINK;
    Stat stat =
        new Stat(
            entry.type(),
            entry.permissions(),
            new Owner(entry.uid(), entry.gid()),
            symlink ? entry.link().latin1().length() : entry.size(),
            time,
            time,
            time,
            time,
            0,
            entry.content(),
            entry.content() == 0 ? 1 : links,
            entry.major(),
            entry.minor(),
            (entry.size() + 511) / 512);
    boolean content = entry.content() > 0;
    @Nullable RawPath target = symlink ? entry.link() : null;
    return new SyncedTree.Entry(
        entry.path(),
        stat,
        target,
        entry.xattrs(),
        content ? copies.content(entry) : null,
        content ? entry.sha256() : null);
  }

  /** What is kept, this process's copies only. */
  public List<SyncedFolder> list() throws IOException {
    List<SyncedFolder> all = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(slot, Files::isDirectory)) {
      for (Path folder : folders) {
        String id = folder.getFileName().toString();
        Path index = folder.resolve("index");
        Copies copies = open.get(id);
        boolean inUse = copies != null && copies.inUse();
        var header = IndexFile.header(index, boot);
        if (header.isPresent()) {
          all.add(
              new SyncedFolder(
                  id,
                  header.get().key(),
                  header.get().files(),
                  header.get().bytes(),
                  Files.getLastModifiedTime(index).toInstant(),
                  inUse));
        }
      }
    }
    return all;
  }

  /** Bytes of all that is kept. */
  public long bytes() throws IOException {
    return list().stream().mapToLong(SyncedFolder::bytes).sum();
  }

  /**
   * Deletes a copy; the next build transfers the whole folder.
   *
   * @param id as in {@link SyncedFolder#id}
   * @return false when it is in use or not there
   */
  public boolean remove(String id) throws IOException {
    Path folder = slot.resolve(id);
    if (!id.matches("[0-9a-f]{32}") || !Files.isDirectory(folder)) {
      return false;
    }
    Copies copies = copies(id);
    if (!copies.retire()) {
      return false;
    }
    Trees.remove(folder);
    open.remove(id, copies);
    return true;
  }

  /** Lets another process have the slot. Trees still open lose their protection. */
  @Override
  public void close() throws IOException {
    held.release();
    lockFile.close();
  }
}
