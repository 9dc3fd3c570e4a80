package dev.obdbuild.snapshots;

import dev.obdbuild.snapshots.mount.MountThreads;
import dev.obdbuild.snapshots.store.StorePaths;
import dev.obdbuild.snapshots.sweep.ResourceJournal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** One process's access to the store. */
public final class Snapshots implements AutoCloseable {
  private Snapshots() {}
  private static IllegalStateException early() { return new IllegalStateException("published early, not finished yet"); }
  /** The empty filesystem. */
  public Snapshot scratch() { throw early(); }
  /** A base image. */
  public Snapshot base(ImageBase base, Lease lease, BaseProgress progress) throws IOException { throw early(); }
  /** A writable folder. */
  public ActiveSnapshot prepare(Snapshot parent, String key, Lease lease) throws IOException { throw early(); }
  /** A read-only folder. */
  public MountedView view(Snapshot snapshot) throws IOException { throw early(); }
  /** A read-only mount at a folder of the caller's choice. */
  public MountedView viewAt(Snapshot snapshot, Path target) throws IOException { throw early(); }
  /** A snapshot by id. */
  public Optional<Snapshot> get(String id, Lease lease) throws IOException { throw early(); }
  /** A snapshot by id. */
  public Optional<Snapshot> get(String id) throws IOException { throw early(); }
  /** Removes. */
  public void remove(String id) throws IOException { throw early(); }
  /** A lease. */
  public Lease lease(String name, Duration duration) throws IOException { throw early(); }
  /** Seals early. */
  public void sealEarly(Snapshot snapshot) throws IOException { throw early(); }
  /** Closes idle devices. */
  public void closeIdle() throws IOException { throw early(); }
  /** Usage. */
  public UsageReport usage() throws IOException { throw early(); }
  /** Prune. */
  public PruneReport prune(PruneRequest request) throws IOException { throw early(); }
  /** Verify. */
  public VerifyReport verify(Snapshot snapshot) throws IOException { throw early(); }
  /** Local images. */
  public ImageRecords images() { throw early(); }
  /** Threads for everything that touches a mount. */
  public MountThreads mountThreads() { throw early(); }
  /** Journal of containers and other things to undo after a kill. */
  public ResourceJournal journal() { throw early(); }
  /** Paths of the store. */
  public StorePaths paths() { throw early(); }
  /** A fresh directory of this process, removed with it. */
  public Path temporaryDirectory() throws IOException { throw early(); }
  @Override public void close() throws IOException { throw early(); }
}
