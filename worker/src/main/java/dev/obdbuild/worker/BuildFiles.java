package dev.obdbuild.worker;

import dev.obdbuild.snapshots.Snapshots;
import dev.obdbuild.worker.source.http.HttpFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What the sources of one build open and write: made when first asked for, gone when the build is
 * over. Thread-safe.
 */
final class BuildFiles implements Closeable {

  private final Snapshots snapshots;
  private final Deque<Closeable> open = new ArrayDeque<>();
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
      open.push(() -> TreeFill.delete(deleted));
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
