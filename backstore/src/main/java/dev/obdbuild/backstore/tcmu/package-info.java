/**
 * The kernel's side of TCMU (target_core_user): objects in configfs that make a SCSI disk of a
 * process, and the ring through which the disk's commands come. Knows neither SCSI nor devices.
 *
 * <p>One map of memory is shared with the kernel; all numbers are in the machine's byte order, all
 * offsets count from the start of the map:
 *
 * <pre>
 * mailbox   0 version u16 (2)   2 flags u16 (1: any order, 2: read length, 4: TMR, 8: keep buffer)
 *           4 ring offset u32   8 ring size u32   12 head u32 (kernel's)   64 tail u32 (ours)
 * ring      entries between tail and head, each a multiple of 8 bytes and never across the end
 * data      behind the ring, to the end of the map; entries point into it
 *
 * entry     0 length u32, its low 3 bits the kind: 0 padding, 1 command, 2 task management
 *           4 id u16   6 kernel's flags u8   7 our flags u8 (1: unknown kind, 2: read length is valid)
 * request   8 count of vectors u32   12 bidirectional u32   16 protection u32   24 command block u64
 *          48 vectors: offset u64, length u64
 * response  8 SCSI status u8   12 read length u32   16 sense, 96 bytes; over the request
 * </pre>
 *
 * A response may be put into any entry that was taken, under the id of its command, as long as
 * there is one response for each: so commands end in any order while the tail moves on in the
 * ring's.
 */
@NullMarked
package dev.obdbuild.backstore.tcmu;

import org.jspecify.annotations.NullMarked;
