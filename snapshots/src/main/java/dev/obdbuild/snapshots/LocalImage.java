package dev.obdbuild.snapshots;

import dev.obdbuild.oci.image.Digest;
import java.time.Instant;

/**
 * An image of the local store.
 *
 * @param name canonical reference
 * @param snapshot id of the snapshot that is its root filesystem, for {@link Snapshots#get}
 * @param size compressed bytes of its layers
 */
public record LocalImage(
    String name, Digest manifest, Digest config, String snapshot, long size, Instant updated) {}
