package dev.obdbuild.linux.file;

/** A numeric user and group, each 0 to 2^32-2. */
public record Owner(long uid, long gid) {
  /** root:root. */
  public static final Owner ROOT = new Owner(0, 0);

  private static final long LIMIT = 0xFFFF_FFFFL;

  public Owner {
    if (uid < 0 || uid >= LIMIT || gid < 0 || gid >= LIMIT) {
      // 2^32-1 means "leave as is" to chown(2), so it cannot be stored.
      throw new IllegalArgumentException("owner " + uid + ":" + gid + " does not fit 32 bits");
    }
  }
}
