package dev.obdbuild.snapshots.store;

/**
 * One sealed form of a layer: a file of the blob store.
 *
 * @param format the encoding it was made with (codec, block size, wrapper)
 * @param hex sha256 of the file, its name among the blobs
 * @param descriptor the descriptor's JSON as it appears in manifests
 */
public record SealedRow(String layer, String format, String hex, long size, String descriptor) {}
