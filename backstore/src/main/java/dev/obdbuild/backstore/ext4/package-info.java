/**
 * Where the files of an ext4 filesystem lie, read without mounting it: superblock, group
 * descriptors, inodes, extent trees, directories. Little-endian:
 *
 * <pre>
 * superblock at byte 1024: 20 first data block, 24 log2(block size) - 10, 32 blocks per group,
 *     40 inodes per group, 56 magic 0xEF53, 88 inode size, 96 incompatible features, 254 descriptor size
 * descriptor: 8 inode table, 40 its upper half (64-byte descriptors)
 * inode: 0 mode, 4 size, 32 flags, 40 extent tree or target, 108 upper half of the size
 * extent node: 0 magic 0xF30A, 2 entries, 6 depth; from 12 on entries of 12 bytes
 * directory entry: 0 inode, 4 length of the record, 6 length of the name, 7 type, 8 name
 * </pre>
 *
 * <p>Bytes come from images and are trusted in nothing. What it does not understand (meta block
 * groups, block maps without extents) is refused or has no place.
 */
@NullMarked
package dev.obdbuild.backstore.ext4;

import org.jspecify.annotations.NullMarked;
