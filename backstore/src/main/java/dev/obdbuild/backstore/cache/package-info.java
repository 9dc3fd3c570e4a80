/**
 * The block cache on disk: {@code registry blob -> cache -> tar member -> ZFile -> LSMT}.
 *
 * <p>A cached blob is two files in the cache's folder, named by the blob's digest:
 *
 * <pre>
 * HEX.data  sparse; a block that is present lies at its own offset
 * HEX.map   header of 64 bytes, then one bit a block, least significant bit first
 *           0  8  magic "OBDBLKS1"        8  4  block size, little-endian as all numbers
 *           12 4  0                       16 8  size of the blob in bytes
 *           24 16 boot id                 40 24 zero
 * </pre>
 *
 * <p>A bit is set after its block has been written, so a process that dies at any moment leaves a
 * map that tells the truth. Nothing is ever synced: after a reboot the boot id differs and the blob
 * starts empty. Byte 0 of the map is locked (shared) by every process that has the blob open, byte
 * 1 (exclusively) while bits are changed; the folder's {@code lock} guards opening against
 * eviction.
 */
@NullMarked
package dev.obdbuild.backstore.cache;

import org.jspecify.annotations.NullMarked;
