/**
 * Ordinary image layers (tar, gzip, zstd) as streams: decompressed and hashed ahead of who unpacks
 * them, and the keys under which converted chains are remembered.
 */
@NullMarked
package dev.obdbuild.snapshots.convert;

import org.jspecify.annotations.NullMarked;
