package dev.obdbuild.builder.session.sync;

/**
 * Where a content lies, as one number that is never 0: the number of a file of the pool, and below
 * it 0 where the content has the file to itself, else one more than its offset in a file that it
 * shares.
 */
final class Place {
  /** Most bytes of a shared file. */
  static final int LARGEST_SHARED = 1 << 26;

  private static final int BITS = 27;
  private static final long MASK = (1L << BITS) - 1;

  private Place() {}

  static long alone(long file) {
    return file << BITS;
  }

  static long shared(long file, long offset) {
    return file << BITS | offset + 1;
  }

  static long file(long content) {
    return content >>> BITS;
  }

  static boolean isShared(long content) {
    return (content & MASK) != 0;
  }

  /** Of the first byte in the file. */
  static long offset(long content) {
    return Math.max(0, (content & MASK) - 1);
  }

  /** What a content takes of a shared file: at least a byte, so that no two lie at one place. */
  static long taken(long size) {
    return Math.max(1, size);
  }
}
