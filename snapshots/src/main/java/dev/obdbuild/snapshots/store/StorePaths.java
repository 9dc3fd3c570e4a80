package dev.obdbuild.snapshots.store;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Where everything lies below the state directory. All path arithmetic of the store is here.
 *
 * <pre>
 * metadata.db            SQLite: snapshots, layers, images, leases, resources
 * blobs/sha256/HEX       complete, synced files named by their digest (layers, manifests, configs)
 * raw/LAYER/data,index   an unsealed layer: sparse data and its index
 * owners/OWNER.lock      locked while that process lives
 * run/OWNER/mnt/N        mount points of that process; run/OWNER/dev/N the files served through FUSE
 * tmp/OWNER/...          its temporary files
 * locks/NAME.lock        short locks between processes (one conversion of one chain)
 * quarantine/TIME/...    what a check of the store moved aside
 * cache/blocks           the block cache of remote layers
 * cache/git/HEX          what was fetched from one git remote
 * cache/http/HEX         what is known of the answer to one HTTP request
 * </pre>
 */
public final class StorePaths {
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  private static final FileAttribute<?> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path root;

  private StorePaths(Path root) {
    this.root = root;
  }

  /**
   * The store below {@code root}; missing directories are made, for root's eyes only: they hold
   * setuid files.
   */
  public static StorePaths create(Path root) throws IOException {
    Path absolute = root.toAbsolutePath().normalize();
    Files.createDirectories(absolute);
    // FUSE and loop name files by their real path: symbolic links would hide our mounts from us.
    StorePaths paths = new StorePaths(absolute.toRealPath());
    for (Path dir :
        new Path[] {
          paths.blobs(),
          paths.rawLayers(),
          paths.owners(),
          paths.runs(),
          paths.temps(),
          paths.root.resolve("locks"),
          paths.blockCache()
        }) {
      try {
        Files.createDirectories(dir, PRIVATE);
      } catch (FileSystemException e) {
        // Of a file in the folder's place the exception tells the name and nothing else.
        throw new StoreException("cannot make the folder " + dir + ": " + why(e), e);
      }
    }
    return paths;
  }

  private static String why(FileSystemException e) {
    return e instanceof FileAlreadyExistsException
        ? e.getFile() + " is no folder"
        : Objects.requireNonNullElse(e.getReason(), "there is none to make it in");
  }

  public Path root() {
    return root;
  }

  public Path database() {
    return root.resolve("metadata.db");
  }

  /** Directory of all blobs with a sha256 name. */
  public Path blobs() {
    return root.resolve("blobs").resolve("sha256");
  }

  /** The blob of a sha256 digest given as 64 hex digits. */
  public Path blob(String hex) {
    if (!HEX.matcher(hex).matches()) {
      throw new IllegalArgumentException("not a sha256 in hex: " + hex);
    }
    return blobs().resolve(hex);
  }

  public Path rawLayers() {
    return root.resolve("raw");
  }

  /** Directory of one unsealed layer. */
  public Path raw(String layer) {
    return rawLayers().resolve(name(layer));
  }

  public Path rawData(String layer) {
    return raw(layer).resolve("data");
  }

  public Path rawIndex(String layer) {
    return raw(layer).resolve("index");
  }

  /** Journal of a layer that is being written for a device which another process serves. */
  public Path rawJournal(String layer) {
    return raw(layer).resolve("journal");
  }

  public Path owners() {
    return root.resolve("owners");
  }

  public Path ownerLock(String owner) {
    return owners().resolve(name(owner) + ".lock");
  }

  public Path runs() {
    return root.resolve("run");
  }

  /** Everything that one process serves or mounts lies below this directory. */
  public Path run(String owner) {
    return runs().resolve(name(owner));
  }

  public Path mountPoints(String owner) {
    return run(owner).resolve("mnt");
  }

  public Path deviceFiles(String owner) {
    return run(owner).resolve("dev");
  }

  public Path temps() {
    return root.resolve("tmp");
  }

  public Path temp(String owner) {
    return temps().resolve(name(owner));
  }

  public Path lock(String name) {
    return root.resolve("locks").resolve(name(name) + ".lock");
  }

  /** What was found damaged lies below it. */
  public Path quarantine() {
    return root.resolve("quarantine");
  }

  /** Directory of the cache of remote blocks. */
  public Path blockCache() {
    return root.resolve("cache").resolve("blocks");
  }

  /** Directory of the shared git repositories. */
  public Path gitRepositories() {
    return root.resolve("cache").resolve("git");
  }

  /** Directory of the records of downloads. */
  public Path httpRecords() {
    return root.resolve("cache").resolve("http");
  }

  private static String name(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a name of the store: " + name);
    }
    return name;
  }
}
