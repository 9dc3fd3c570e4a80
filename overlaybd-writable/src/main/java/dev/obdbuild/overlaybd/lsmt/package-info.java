/**
 * LSMT: layers of a block device as sorted segments over a file, from the bytes of a layer to the
 * merged view of a stack. Stands on {@code block}; what is around a layer's bytes (tar, ZFile) is
 * peeled off before.
 *
 * <p>All integers little-endian; a sector is 512 bytes.
 *
 * <pre>
 * header and trailer, 4096 bytes each
 *   0    8  "LSMT" 00 01 02 00        8  16  second magic
 *  24    4  390                      28   4  flags: 1 header, 2 data file, 4 sealed, 16 sparse
 *  32    8  index offset, bytes      40   8  index records, padding records included
 *  48    8  virtual size, bytes      56  37  uuid, text, NUL      93  37  parent uuid
 * 130    2  0                       132   2  version 1.1         134 256  user tag       390.. 0
 *
 * record, 16 bytes
 *   u64  bits 0-49 virtual sector, 50-63 length in sectors (1..16383)
 *   u64  bits 0-54 sector in the file, 55 zeroed (no data stored), 56-63 tag
 *   virtual sector 2^50-1 is padding
 *
 * committed or merged layer     header(07) data... index (records padded to 256) trailer(06)
 * sealed writable layer         header(03 or 13) data... index (padded to 512 bytes) trailer(06 or 16)
 * log writable layer            data: header(03) payloads in write order; index: header(01) records in write order
 * sparse writable layer         header(13), sector n at byte 4096 + 512 n, no index: holes are what was not written
 * its journal (ours)            as the index of a log writable layer, file sector always 8 + virtual sector, zeroed for a
 *                               discard; each record is in the file before what it tells of is over
 * raw layer index (ours)        "OBDRAWX1" u32 crc32c of the rest, u32 count, u64 virtual size, 2 x 36 bytes uuid,
 *                               records
 * </pre>
 *
 * <p>Only the trailer of a sealed layer says where its index is; it is found by the file's size.
 */
@NullMarked
package dev.obdbuild.overlaybd.lsmt;

import org.jspecify.annotations.NullMarked;
