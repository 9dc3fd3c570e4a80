package dev.obdbuild.snapshots.store;

import dev.obdbuild.linux.process.ProcessIdentity;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A process (one opened store) that owns mounts, devices, temporary files and half-written layers.
 *
 * <p>It lives as long as the lock on its file is held; the kernel drops the lock with the process,
 * however it ends. The file gets its name only when it is locked, so a lock file without a lock
 * always means a dead owner.
 */
public final class Owner implements AutoCloseable {
  private static final Pattern NAME =
      Pattern.compile("(?<id>(?<pid>[0-9]{1,10})-(?<start>[0-9]{1,18})-[0-9a-f]+)\\.lock");

  private static final String LOCK = ".lock";

  /** Ends the id of one who has the store for himself. */
  private static final String ALONE = "-alone";

  private final String id;
  private final Path file;
  private final FileChannel channel;

  private Owner(String id, Path file, FileChannel channel) {
    this.id = id;
    this.file = file;
    this.channel = channel;
  }

  /**
   * A new owner in this process.
   *
   * @throws StoreException while somebody has the store for himself ({@link #claimAlone})
   */
  public static Owner claim(StorePaths paths) throws IOException {
    Owner owner = claim(paths, "");
    // First there, then a look: of two who do so at least one sees the other.
    return unless(owner, living(paths).stream().filter(id -> id.endsWith(ALONE)).toList(), paths);
  }

  /**
   * An owner beside whom there is no other until it is closed.
   *
   * @throws StoreException when the store is in use, naming by whom
   */
  public static Owner claimAlone(StorePaths paths) throws IOException {
    Owner owner = claim(paths, ALONE);
    return unless(owner, living(paths).stream().filter(id -> !id.equals(owner.id)).toList(), paths);
  }

  private static Owner unless(Owner owner, List<String> others, StorePaths paths)
      throws IOException {
    if (others.isEmpty()) {
      return owner;
    }
    owner.close();
    throw new StoreException(
        "the store "
            + paths.root()
            + " is in use by "
            + String.join(", ", others.stream().map(Owner::told).toList()));
  }

  /** The process behind an owner, in words. */
  private static String told(String id) {
    String pid = id.substring(0, Math.max(0, id.indexOf('-')));
    String what = id.endsWith(ALONE) ? ", which is verifying it" : "";
    try {
      String name = Files.readString(Path.of("/proc", pid, "comm")).strip();
      return "process " + pid + " (" + name + ")" + what;
    } catch (IOException e) {
      return "process " + pid + what; // gone just now, or of another container
    }
  }

  /** Owners whose process lives. */
  private static List<String> living(StorePaths paths) throws IOException {
    List<String> result = new ArrayList<>();
    for (Path file : lockFiles(paths)) {
      String id = id(file);
      if (id.startsWith(processPrefix())) {
        result.add(id);
        continue;
      }
      Optional<DeadOwner> dead = tryDead(id, file);
      if (dead.isPresent()) {
        dead.get().close();
      } else if (Files.exists(file)) {
        result.add(id);
      }
    }
    return result;
  }

  private static List<Path> lockFiles(StorePaths paths) throws IOException {
    try (var listing = Files.list(paths.owners())) {
      return listing.filter(p -> p.getFileName().toString().endsWith(LOCK)).sorted().toList();
    }
  }

  private static String id(Path file) {
    String name = file.getFileName().toString();
    return name.substring(0, name.length() - LOCK.length());
  }

  private static Owner claim(StorePaths paths, String suffix) throws IOException {
    byte[] random = new byte[6];
    new SecureRandom().nextBytes(random);
    String id = processPrefix() + HexFormat.of().formatHex(random) + suffix;
    Path file = paths.ownerLock(id);
    Path temporary = file.resolveSibling("." + id + ".new");
    FileChannel channel =
        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw new StoreException("cannot lock the new file " + temporary);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      return new Owner(id, file, channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      Files.deleteIfExists(temporary);
      throw e;
    }
  }

  public String id() {
    return id;
  }

  /**
   * Owners whose process is gone. Each is locked by the caller until closed, so two sweeps never
   * undo the same owner.
   */
  public static List<DeadOwner> dead(StorePaths paths) throws IOException {
    List<DeadOwner> result = new ArrayList<>();
    for (Path file : lockFiles(paths)) {
      String id = id(file);
      // Never open a lock file of our own process: closing it would drop the lock (POSIX record
      // locks).
      if (!id.startsWith(processPrefix())) {
        tryDead(id, file).ifPresent(result::add);
      }
    }
    return result;
  }

  private static Optional<DeadOwner> tryDead(String id, Path file) throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(file, StandardOpenOption.WRITE);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    boolean kept = false;
    try {
      // The other sweep may have deleted the file between our open and our lock.
      if (channel.tryLock() != null && Files.exists(file)) {
        kept = true;
        return Optional.of(new DeadOwner(id, file, channel));
      }
      return Optional.empty();
    } catch (OverlappingFileLockException e) {
      return Optional.empty();
    } finally {
      if (!kept) {
        channel.close();
      }
    }
  }

  /**
   * Owners that were killed but whose process is still there, a zombie with threads that cannot
   * end; by id. They hold their lock all the same.
   */
  public static Map<String, ProcessIdentity> dying(StorePaths paths) throws IOException {
    Map<String, ProcessIdentity> result = new HashMap<>();
    try (var files = Files.list(paths.owners())) {
      for (Path file : files.toList()) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        if (name.matches()) {
          ProcessIdentity process =
              new ProcessIdentity(
                  Long.parseLong(name.group("pid")), Long.parseLong(name.group("start")));
          if (process.alive() && zombie(process)) {
            result.put(name.group("id"), process);
          }
        }
      }
    }
    return result;
  }

  private static boolean zombie(ProcessIdentity process) throws IOException {
    Path directory = Path.of("/proc/" + process.pid());
    try {
      String stat = Files.readString(directory.resolve("stat"), StandardCharsets.ISO_8859_1);
      return stat.startsWith("Z", stat.lastIndexOf(')') + 2);
    } catch (IOException e) {
      if (Files.exists(directory)) {
        throw e;
      }
      return false; // gone meanwhile
    }
  }

  /** Whether a folder of this name is an owner's. */
  public static boolean isId(String name) {
    return NAME.matcher(name.replace(ALONE, "") + LOCK).matches();
  }

  /** Gives up the ownership; everything owned must have been undone before. */
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
    channel.close();
  }

  /** Lets go of the lock but leaves its file: the next sweep undoes what is still there. */
  public void abandon() throws IOException {
    channel.close();
  }

  /** Process id and start time: together they name a process as long as the machine is up. */
  private static String processPrefix() throws IOException {
    ProcessIdentity self = ProcessIdentity.self();
    return self.pid() + "-" + self.startTicks() + "-";
  }

  /** An owner whose process is gone, held against other sweeps until {@link #close}. */
  public static final class DeadOwner implements AutoCloseable {
    private final String id;
    private final Path file;
    private final FileChannel channel;

    private DeadOwner(String id, Path file, FileChannel channel) {
      this.id = id;
      this.file = file;
      this.channel = channel;
    }

    public String id() {
      return id;
    }

    /** To be called when nothing of it is left. */
    public void forget() throws IOException {
      Files.deleteIfExists(file);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
