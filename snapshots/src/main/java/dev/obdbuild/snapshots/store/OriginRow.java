package dev.obdbuild.snapshots.store;

/**
 * The ordinary layer of a registry that a layer was converted from.
 *
 * @param place JSON of the place in the registry
 * @param diffId digest of the uncompressed tar
 */
public record OriginRow(String layer, String place, String diffId) {}
