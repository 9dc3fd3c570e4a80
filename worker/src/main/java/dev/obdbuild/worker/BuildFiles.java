package dev.obdbuild.worker;

import dev.obdbuild.linux.file.Trees;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.snapshots.Snapshots;
import dev.obdbuild.worker.source.http.HttpFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the sources of one build open and write: made when first asked for, gone when the build is
 * over. Thread-safe.
 */
final class BuildFiles implements Closeable {

  private final Snapshots snapshots;
  private final Deque<Closeable> open = new ArrayDeque<>();
  private final ReentrantLock uploading = new ReentrantLock();
  private final Map<String, Uploaded> uploads = new HashMap<>();
  private @Nullable Path folder;
  private @Nullable HttpFiles http;

  BuildFiles(Snapshots snapshots) {
    this.snapshots = snapshots;
  }

  /** A folder of the host for temporary files. */
  synchronized Path folder() throws IOException {
    Path made = folder;
    if (made == null) {
      made = snapshots.temporaryDirectory();
      Path deleted = made;
      open.push(() -> Trees.remove(deleted));
      folder = made;
    }
    return made;
  }

  /** Downloads. */
  synchronized HttpFiles http() {
    HttpFiles made = http;
    if (made == null) {
      made = new HttpFiles(snapshots.paths().httpRecords());
      open.push(made::close);
      http = made;
    }
    return made;
  }

  /** A file that the build's caller sent. */
  record Uploaded(Path file, Digest digest) {}

  /** Receives a file that is sent once. */
  @FunctionalInterface
  interface Receiving {
    Uploaded receive() throws IOException;
  }

  /** A file that the build's caller sends once, kept for every solve of the build. */
  Uploaded uploaded(String path, Receiving receiving) throws IOException {
    uploading.lock();
    try {
      Uploaded known = uploads.get(path);
      if (known == null) {
        known = receiving.receive();
        uploads.put(path, known);
      }
      return known;
    } finally {
      uploading.unlock();
    }
  }

  /** Takes something over, to close it when the build is over. */
  synchronized void add(Closeable opened) {
    open.push(opened);
  }

  @Override
  public synchronized void close() throws IOException {
    try {
      while (!open.isEmpty()) {
        open.pop().close();
      }
    } finally {
      folder = null;
      http = null;
    }
  }
}
