/**
 * From a chain of layers and one writable layer to a mounted folder and back.
 *
 * <p>A {@link dev.obdbuild.snapshots.Snapshot} is a value: an immutable chain of layers, never a
 * path. It becomes a folder through {@link dev.obdbuild.snapshots.Snapshots#prepare} (writable, one
 * step) or {@link dev.obdbuild.snapshots.Snapshots#view} (read-only), and its layers leave as
 * {@link dev.obdbuild.oci.image.LayerSource}. Steps of one stage share device and mount; see {@code
 * live}.
 */
@NullMarked
package dev.obdbuild.snapshots;

import org.jspecify.annotations.NullMarked;
