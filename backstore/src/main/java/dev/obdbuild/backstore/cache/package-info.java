/**
 * The block cache on disk: {@code registry blob -> cache -> tar member -> ZFile -> LSMT}.
 *
 * <p>A cached blob is two files in the cache's folder, named by the blob's digest:
 *
 * <pre>
 * HEX.data  sparse; a block that is present lies at its own offset
 * HEX.map   header of 64 bytes; one bit a block, least significant bit first, up to a multiple of
 *           8 bytes; 8 bytes an extent
 *           0  8  magic "OBDBLKS2"        8  4  block size (16 KiB), little-endian as all numbers
 *           12 4  blocks in an extent     16 8  size of the blob in bytes
 *           24 16 boot id                 40 8  generation: one more at each eviction
 *           48 8  flags: 1 the whole blob was hashed and is right, 2 some process has it open
 *           56 8  zero
 *           extent: milliseconds since 1970 of its last use &lt;&lt; 8 | visits
 * </pre>
 *
 * <p>A bit is set after its block has been written, so a process that dies at any moment leaves a
 * map that tells the truth. Nothing is ever synced: after a reboot the boot id differs and the blob
 * starts empty. Any process may evict extents of any blob, open ones included: it raises the
 * generation, clears the bits and then makes a hole. So a reader compares the generation after it
 * has read with that from before it looked, and a writer before it sets bits with that from before
 * it wrote.
 *
 * <p>Locks are on bytes of the map: 0 (shared) by every process that has the blob open, 1
 * (exclusively) while anything in the map is changed, 2^40 + n (exclusively) while block n is
 * fetched, so that two processes seldom fetch the same. A process never opens a map twice: closing
 * one descriptor releases the locks of all. The folder's {@code lock} guards opening against
 * eviction.
 */
@NullMarked
package dev.obdbuild.backstore.cache;

import org.jspecify.annotations.NullMarked;
