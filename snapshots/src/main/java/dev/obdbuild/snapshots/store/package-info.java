/**
 * The state directory and its records: paths, layer blobs, raw layers, the SQLite database, owners.
 *
 * <p>Lowest package of this module: it knows files and rows, no device, no mount and no registry.
 * Several processes share one directory; the database and the owner lock files keep them apart.
 */
@NullMarked
package dev.obdbuild.snapshots.store;

import org.jspecify.annotations.NullMarked;
