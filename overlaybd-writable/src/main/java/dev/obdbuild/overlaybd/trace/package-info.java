/**
 * The prefetch trace: which ranges of which layers a container read when it started.
 *
 * <pre>
 * header   u32 0xC2EF1820 | 4 pad | u64 bytes of records | u32 CRC-32C from 0, not inverted, of the records | 4 pad
 * record   'R' | 3 pad | u32 layer, 0 = bottom | u64 count | i64 offset in the unwrapped, decompressed layer
 * </pre>
 *
 * <p>Little-endian. Pads are garbage in files of the original, and covered by the checksum; ours
 * are zero.
 */
@NullMarked
package dev.obdbuild.overlaybd.trace;

import org.jspecify.annotations.NullMarked;
