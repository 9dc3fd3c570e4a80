package dev.obdbuild.backstore.audit;

/**
 * One layer's part of a read.
 *
 * @param device its node
 * @param digest of the layer, or what else it is called; {@code -} where there is none
 * @param offset in the decompressed layer, in bytes; in the device if there is no layer
 * @param length of the part
 * @param micros of the whole read
 * @param source {@code registry}, {@code mirror}, {@code p2p}, {@code cache}, or {@code error}
 */
record SlowRead(
    String device, String digest, long offset, long length, long micros, String source) {
  @Override
  public String toString() {
    return "device="
        + device
        + " digest="
        + digest.replaceAll("\\s", "_")
        + " offset="
        + offset
        + " length="
        + length
        + " us="
        + micros
        + " source="
        + source;
  }
}
