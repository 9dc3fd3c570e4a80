/**
 * The forms that one layer may have (raw files, a sealed blob, a blob in a registry), how each is
 * opened, and sealing.
 *
 * <p>Stands on the store and the formats; knows no device and no mount.
 */
@NullMarked
package dev.obdbuild.snapshots.layer;

import org.jspecify.annotations.NullMarked;
