/**
 * Unpacks tar archives into a mounted folder: OCI layers with their whiteouts ({@link
 * dev.obdbuild.snapshots.unpack.LayerApply}) and plain archives for ADD. Every path is resolved
 * inside the folder. Platform threads only: the folder may be a mount that this process serves.
 */
@NullMarked
package dev.obdbuild.snapshots.unpack;

import org.jspecify.annotations.NullMarked;
