package dev.obdbuild.snapshots.store;

/**
 * One ordinary form of a layer: a tar in the blob store.
 *
 * @param format what it was made as; equal texts are equal bytes
 * @param hex sha256 of the file, its name among the blobs
 * @param diffId digest of the uncompressed tar
 * @param descriptor the descriptor's JSON as it appears in manifests
 */
public record TarRow(
    String layer, String format, String hex, long size, String diffId, String descriptor) {}
