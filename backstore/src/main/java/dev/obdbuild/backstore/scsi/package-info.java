/**
 * What a SCSI disk says: command blocks become {@code Command}s or refusals, and what needs no
 * medium is answered here. Knows no device, no kernel and no transport; all bytes are checked.
 *
 * <p>Layouts are those of SPC-4 and SBC-3, big-endian. A command block of 6, 10, 12 or 16 bytes by
 * its first three bits:
 *
 * <pre>
 *  6  op | 21-bit LBA @1 | blocks u8 @4 (0 = 256)        READ 08, WRITE 0a
 * 10  op flags | LBA u32 @2 | group | blocks u16 @7       READ 28, WRITE 2a, WRITE SAME 41, SYNC 35
 * 12  op flags | LBA u32 @2 | blocks u32 @6               READ a8, WRITE aa
 * 16  op flags | LBA u64 @2 | blocks u32 @10              READ 88, WRITE 8a, WRITE SAME 93, SYNC 91
 * UNMAP 42       list length u16 @7; list: u16 length, u16 descriptors' length, 4 bytes,
 *                then 16 bytes each: LBA u64, blocks u32, 4 bytes
 * </pre>
 */
@NullMarked
package dev.obdbuild.backstore.scsi;

import org.jspecify.annotations.NullMarked;
