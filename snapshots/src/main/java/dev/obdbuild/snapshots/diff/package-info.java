/**
 * What changed from one folder to another: a walk over both ({@link
 * dev.obdbuild.snapshots.diff.TreeDiff}) that tells a visitor of every difference, by metadata
 * where that proves it and by content where it does not. Knows no archive and no snapshot. Platform
 * threads only: the folders may be mounts that this process serves.
 */
@NullMarked
package dev.obdbuild.snapshots.diff;

import org.jspecify.annotations.NullMarked;
