/**
 * The ext4 filesystem inside the devices: its superblock as bytes, its block groups, the template
 * of an empty one.
 *
 * <p>Superblock (1024 bytes at device offset 1024, little-endian) as far as it is used here:
 *
 * <pre>
 * 0x04 blocks (low)   0x14 first block           0x18 log2(block size) - 10   0x20 blocks per group   0x2C mount time   0x30 write time
 * 0x34 mounts u16     0x38 magic EF53              0x3A state u16          0x40 checked      0x60 incompat
 * 0xFE descriptor size u16  0x64 ro_compat      0x88 last mounted on, 64 bytes                       0x150 blocks (high)
 * 0x178 kbytes written u64     0x194 error count     0x198..0x1CB first error, 0x1CC..0x1FF last error
 * 0x274..0x279 high bytes of write, mount, mkfs, check, first and last error times          0x3FC checksum
 * </pre>
 */
@NullMarked
package dev.obdbuild.snapshots.fs;

import org.jspecify.annotations.NullMarked;
