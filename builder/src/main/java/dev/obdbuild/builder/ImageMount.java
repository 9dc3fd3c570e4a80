package dev.obdbuild.builder;

import dev.obdbuild.linux.mount.MountTable;
import dev.obdbuild.snapshots.MountedView;
import dev.obdbuild.solver.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * An image's root filesystem on a folder, read-only, served by this process. Closing unmounts it.
 */
public final class ImageMount implements AutoCloseable {

  private static final Duration LOOKED_AFTER_EVERY = Duration.ofMillis(500);

  private final Path folder;
  private final MountedView view;

  private ImageMount(Path folder, MountedView view) {
    this.folder = folder;
    this.view = view;
  }

  /** Mounts it on an existing folder. */
  public static ImageMount at(Engine engine, ImageLookup.Found image, Path folder)
      throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new NotDirectoryException(folder.toString());
    }
    Path real = folder.toRealPath();
    return new ImageMount(real, engine.snapshots().viewAt(image.snapshot(), real));
  }

  /** Returns when somebody has unmounted it or the cancellation comes. */
  public void awaitEnd(Cancellation cancellation) throws IOException, InterruptedException {
    CountDownLatch cancelled = new CountDownLatch(1);
    try (Cancellation.Registration registration = cancellation.onCancel(cancelled::countDown)) {
      // The mount table is the kernel's own file: reading it touches no served mount.
      while (MountTable.read().at(folder).isPresent()) {
        if (cancelled.await(LOOKED_AFTER_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    view.close();
  }
}
