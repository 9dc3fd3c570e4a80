package dev.obdbuild.backstore.remote;

/**
 * How much of an image came from registries.
 *
 * @param bytes since its layers were opened
 * @param size of all its layers that lie in registries, as they lie there
 */
public record Fetched(long bytes, long size) {
  /** Of an image that is all here. */
  public static final Fetched NOTHING = new Fetched(0, 0);
}
