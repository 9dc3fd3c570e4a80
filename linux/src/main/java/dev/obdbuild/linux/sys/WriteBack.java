package dev.obdbuild.linux.sys;

/**
 * sync_file_range(2) on a whole file: bounds what it leaves dirty in the page cache. Gives no
 * durability.
 */
public final class WriteBack {
  private static final int WAIT_BEFORE = 1;
  private static final int WRITE = 2;

  private WriteBack() {}

  /**
   * Waits for the write-out started before, then starts that of all that is dirty now.
   *
   * @param name of the file, for the message
   */
  public static void advance(int fd, String name) throws LinuxException {
    Libc.check(
        Holder.CALLS.sync_file_range(fd, 0, 0, WAIT_BEFORE | WRITE), "sync_file_range", name);
  }

  /** Binds on first use. */
  private static final class Holder {
    static final WriteBackCalls CALLS = Libc.load(WriteBackCalls.class);
  }
}
