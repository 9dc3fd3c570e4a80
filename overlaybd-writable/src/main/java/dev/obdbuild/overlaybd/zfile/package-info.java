/**
 * ZFile: a file as independently compressed blocks with an index, so that any part can be read
 * alone. Wraps one {@code BlockFile} and is another.
 *
 * <p>All integers little-endian. CRC is CRC-32C without initial or final inversion.
 *
 * <pre>
 * header (512) | blocks | index | trailer (512)
 *   0    8  "ZFile" 00 01 00          8  16  second magic
 *  24    4  96                      28   4  digest: CRC from 0 of these 512 bytes with this field 0
 *  32    8  flags: 1 header, 2 data, 4 sealed, 8 the header is final, 16 digests present
 *  40    8  index offset            48   8  index entries
 *  56    8  size when decompressed  64   4  CRC from 0 of the index
 *  72    4  block size, 4096 to 65536
 *  76    1  codec: 1 LZ4, 2 zstd    77   1  0       84   4  0 (dictionary size)
 *  88    1  1 if every block is followed by its CRC from 100007
 * index entry: u32 stored length of a block with its CRC; the first block is at 512
 * block: one raw LZ4 block or one zstd frame; never stored as it is
 * </pre>
 *
 * <p>A streamed file has header flags 0x13 without index fields, and a trailer 0x16 with them; when
 * the output can be patched the header becomes 0x1B with all fields and the trailer is not needed.
 *
 * <p>The original reads a block through a buffer of 64 KiB. With 64 KiB blocks data that does not
 * compress is stored longer than that, and there is no other way to store it. So {@link
 * dev.obdbuild.overlaybd.zfile.ZFileWriter} fails with {@link
 * dev.obdbuild.overlaybd.zfile.UnreadableBlockException} at the first such block, before it is
 * written, and who can start again does so with 32 KiB; blocks of 32 KiB and less always fit. Its
 * other limit, stored lengths of 16 bits within each 64 KiB, cannot be met by blocks that respect
 * the first one. Our reader reads such files.
 */
@NullMarked
package dev.obdbuild.overlaybd.zfile;

import org.jspecify.annotations.NullMarked;
