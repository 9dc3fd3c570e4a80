package dev.obdbuild.snapshots.store;

import java.time.Instant;

/**
 * An image of the local store.
 *
 * @param name canonical reference
 * @param manifest hex of the manifest's sha256; the bytes are a blob
 * @param config hex of the config's sha256; the bytes are a blob
 * @param snapshot the snapshot its root filesystem is
 * @param size compressed bytes of its layers
 */
public record ImageRow(
    String name, String manifest, String config, String snapshot, long size, Instant updated) {}
