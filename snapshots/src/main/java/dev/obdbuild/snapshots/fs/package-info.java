/**
 * The filesystems inside the devices: {@link dev.obdbuild.snapshots.fs.FileSystem} is all that
 * differs between kinds, {@link dev.obdbuild.snapshots.fs.Probe} finds which one a device holds,
 * {@link dev.obdbuild.snapshots.fs.NewFilesystem} says what those are that start from nothing. Of
 * ext4 also its superblock as bytes and its block groups.
 *
 * <p>Superblocks as far as others are looked at, by offset on the device. xfs, big-endian: 0 magic
 * "XFSB", 4 block size u32, 8 blocks u64, 100 version u16 (low 4 bits), 102 sector size u16. erofs,
 * little-endian: 1024 magic E0F5E1E2, 1036 log2 of the block size u8, 1060 blocks u32. btrfs,
 * little-endian: 65584 its own offset u64, 65600 magic "_BHRfS_M", 65648 size u64, 65672 devices
 * u64, 65680 sector size u32.
 *
 * <p>That of ext4 (1024 bytes at device offset 1024, little-endian) as far as it is used here:
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
