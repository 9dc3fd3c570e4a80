package dev.obdbuild.backstore.device;

/**
 * How devices are served.
 *
 * @param threads that read requests of one device, 2 to 16; each holds a buffer of {@code
 *     maxTransfer}
 * @param fetchThreads shared by all devices of an exporter, for reads that may wait for a registry;
 *     each that is busy holds a buffer of {@code maxTransfer}
 * @param maxTransfer largest read or write in bytes
 * @param maxBackground requests of one device that the kernel may have under way
 */
public record ServeOptions(int threads, int fetchThreads, int maxTransfer, int maxBackground) {
  public ServeOptions {
    if (threads < 2
        || threads > 16
        || fetchThreads < 1
        || maxBackground < 1
        || maxBackground > 1024) {
      throw new IllegalArgumentException(
          threads
              + " threads, "
              + fetchThreads
              + " fetch threads, "
              + maxBackground
              + " in background");
    }
    if (maxTransfer < 4096 || maxTransfer > 1 << 20 || maxTransfer % 4096 != 0) {
      throw new IllegalArgumentException("max transfer " + maxTransfer);
    }
  }

  /** What measured best: a thread for each processor, 2 to 4, and transfers of 1 MiB. */
  public static ServeOptions standard() {
    int processors = Runtime.getRuntime().availableProcessors();
    return new ServeOptions(Math.clamp(processors, 2, 4), 16, 1 << 20, 64);
  }

  /** The same with another largest transfer. */
  ServeOptions withMaxTransfer(int bytes) {
    return new ServeOptions(threads, fetchThreads, bytes, maxBackground);
  }
}
