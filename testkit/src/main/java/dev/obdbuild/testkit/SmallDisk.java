package dev.obdbuild.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A filesystem in memory that is soon full, mounted on a folder until it is closed. A test that
 * mounts one is annotated {@code @NeedsRoot}.
 */
public final class SmallDisk implements AutoCloseable {
  private final Path folder;

  private SmallDisk(Path folder) {
    this.folder = folder;
  }

  /** Mounts one of so many MiB on an existing folder. */
  public static SmallDisk on(Path folder, int mebibytes) throws IOException, InterruptedException {
    run(List.of("mount", "-t", "tmpfs", "-o", size(mebibytes), "tmpfs", folder.toString()));
    return new SmallDisk(folder);
  }

  /** Makes room, or less of it; what is there stays. */
  public void resize(int mebibytes) throws IOException, InterruptedException {
    run(List.of("mount", "-o", "remount," + size(mebibytes), folder.toString()));
  }

  /**
   * Unmounts it.
   *
   * @throws IOException while a file of it is open
   */
  @Override
  public void close() throws IOException, InterruptedException {
    run(List.of("umount", folder.toString()));
  }

  private static String size(int mebibytes) {
    return "size=" + mebibytes + "m";
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    int status = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (status != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + status);
    }
  }
}
