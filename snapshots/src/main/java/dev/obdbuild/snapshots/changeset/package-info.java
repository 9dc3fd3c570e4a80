/**
 * A layer's changes as an ordinary image layer: entries and whiteouts as the image specification
 * has them ({@link dev.obdbuild.snapshots.changeset.ChangesetTar}), compressed on several threads
 * into bytes that do not depend on their number, hashed on the way ({@link
 * dev.obdbuild.snapshots.changeset.LayerTar}). Files are read on platform threads only: they may
 * lie on mounts that this process serves.
 */
@NullMarked
package dev.obdbuild.snapshots.changeset;

import org.jspecify.annotations.NullMarked;
