package dev.obdbuild.worker.content;

import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.worker.content.DigestCache.Key;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;

/**
 * Digests of what steps read: paths, types, modes, owners, link targets, extended attributes and
 * bytes, but no times. Equal digests give equal copies but for times. Reads on its own platform
 * threads; thread-safe; one per process.
 */
public final class ContentDigest implements AutoCloseable {
  /**
   * Given to every file by a host with SELinux; its policy's affair, neither copied nor counted.
   */
  public static final String HOST_LABEL = "security.selinux";

  private static final int BUFFER = 256 * 1024;
  private static final int BATCH_FILES = 128;
  private static final long BATCH_BYTES = 8L << 20;

  /** Local files that are read sooner than a large cache of all that was ever built is. */
  private static final int FEW_FILES = 32;

  private static final long FEW_BYTES = 1 << 20;

  private static final byte[] NO_CONTENT = {};

  private final DigestCache cache;
  private final DigestCache states;
  private final ExecutorService readers;
  private final RecentDigests recent = new RecentDigests();

  /**
   * @param cache of files; borrowed, flushed after each digest
   * @param states of choices of whole trees; likewise. One of its own is soon read, while that of
   *     files grows with every folder
   * @param threads that read and hash
   */
  public ContentDigest(DigestCache cache, DigestCache states, int threads) {
    this.cache = cache;
    this.states = states;
    this.readers =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().name("content-digest-", 0).daemon().factory());
  }

  /**
   * The digest of what {@code selection} chooses from {@code tree}. Blocks; the walk is done on the
   * calling thread.
   *
   * @param hashed is told, from any thread, of bytes dealt with, cached ones included; of none when
   *     the digest of just this is known
   * @throws ContentNotFoundException when the selection's path is not there
   * @throws SourceChangedException when a file changed meanwhile
   */
  public Digest of(FileTree tree, Selection selection, LongConsumer hashed) throws IOException {
    String state = tree.state();
    if (state == null) {
      return compute(tree, selection, hashed);
    }
    RecentDigests.Key key = new RecentDigests.Key(state, selection);
    Digest known = recent.find(key);
    if (known != null) {
      return known;
    }
    // The states of other trees mean nothing to the next process.
    DigestCache lasting = tree instanceof LocalTree ? states : DigestCache.NONE;
    Key lastingKey = Key.of(state, selection);
    byte[] kept = lasting.find(lastingKey);
    Digest found = kept == null ? compute(tree, selection, hashed) : Digest.ofHash(kept);
    recent.put(key, found);
    if (kept == null) {
      lasting.put(lastingKey, HexFormat.of().parseHex(found.hex()));
      lasting.flush();
    }
    return found;
  }

  private Digest compute(FileTree tree, Selection selection, LongConsumer hashed)
      throws IOException {
    List<ChosenFile> files = Choice.of(tree, selection);
    boolean known = files.stream().noneMatch(ChosenFile::needsReading);
    DigestCache asked = isSoonRead(tree, files) && !cache.isReady() ? DigestCache.NONE : cache;
    List<byte[]> contents =
        known
            ? batch(tree, files, asked, hashed, new AtomicBoolean())
            : contents(tree, files, asked, hashed);
    asked.flush();
    MessageDigest digest = sha256();
    for (int i = 0; i < files.size(); i++) {
      files.get(i).addTo(digest, contents.get(i));
    }
    return Digest.ofHash(digest.digest());
  }

  private static boolean isSoonRead(FileTree tree, List<ChosenFile> files) {
    return tree instanceof LocalTree
        && files.size() <= FEW_FILES
        && files.stream().mapToLong(file -> file.stat().size()).sum() <= FEW_BYTES;
  }

  private List<byte[]> contents(
      FileTree tree, List<ChosenFile> files, DigestCache asked, LongConsumer hashed)
      throws IOException {
    List<Future<List<byte[]>>> batches = new ArrayList<>();
    AtomicBoolean stop = new AtomicBoolean();
    int start = 0;
    long bytes = 0;
    for (int i = 0; i < files.size(); i++) {
      bytes += files.get(i).stat().isRegular() ? files.get(i).stat().size() : 0;
      if (i + 1 == files.size() || i + 1 - start == BATCH_FILES || bytes >= BATCH_BYTES) {
        List<ChosenFile> batch = files.subList(start, i + 1);
        batches.add(readers.submit(() -> batch(tree, batch, asked, hashed, stop)));
        start = i + 1;
        bytes = 0;
      }
    }
    return join(batches, stop);
  }

  private static List<byte[]> join(List<Future<List<byte[]>>> batches, AtomicBoolean stop)
      throws IOException {
    List<byte[]> all = new ArrayList<>();
    try {
      for (Future<List<byte[]>> batch : batches) {
        all.addAll(batch.get());
      }
      return all;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new java.io.InterruptedIOException("interrupted while reading files for a cache key");
    } finally {
      // Whatever ended the wait, nothing may still read the tree when the caller closes it.
      stop.set(true);
      batches.forEach(ContentDigest::settle);
    }
  }

  private static void settle(Future<?> batch) {
    boolean interrupted = false;
    while (!batch.isDone()) {
      try {
        batch.get();
      } catch (ExecutionException e) {
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static List<byte[]> batch(
      FileTree tree,
      List<ChosenFile> files,
      DigestCache asked,
      LongConsumer hashed,
      AtomicBoolean stop)
      throws IOException {
    List<byte[]> contents = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = null;
      for (ChosenFile file : files) {
        if (stop.get()) {
          break;
        }
        if (!file.stat().isRegular()) {
          contents.add(NO_CONTENT);
          continue;
        }
        byte[] known = file.sha256();
        if (known == null) {
          Key key = Key.of(tree, file.stat());
          known = asked.find(key);
          if (known == null) {
            buffer = buffer == null ? arena.allocate(BUFFER) : buffer;
            known = read(tree, file, key, asked, buffer);
          }
        }
        hashed.accept(file.stat().size());
        contents.add(known);
      }
    }
    return contents;
  }

  private static byte[] read(
      FileTree tree, ChosenFile chosen, Key key, DigestCache asked, MemorySegment buffer)
      throws IOException {
    long begun = Instant.now().getEpochSecond();
    MessageDigest digest = sha256();
    byte[] bytes = new byte[(int) Math.min(BUFFER, Math.max(1, chosen.stat().size()))];
    long at = 0;
    try (OpenFile file = tree.read(chosen.real())) {
      for (int n = file.read(buffer, 0); n > 0; n = file.read(buffer, at)) {
        if (n > bytes.length) {
          bytes = new byte[BUFFER];
        }
        MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, bytes, 0, n);
        digest.update(bytes, 0, n);
        at += n;
      }
      tree.confirm(chosen.real(), file);
    }
    byte[] hash = digest.digest();
    Stat stat = chosen.stat();
    if (Math.max(stat.ctime().seconds(), stat.mtime().seconds())
        < begun - LocalState.RACY_SECONDS) {
      asked.put(key, hash);
    }
    return hash;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Ends the threads once digests under way are done; new ones are refused. */
  @Override
  public void close() {
    readers.shutdown();
  }
}
