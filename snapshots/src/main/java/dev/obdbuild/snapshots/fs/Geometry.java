package dev.obdbuild.snapshots.fs;

/**
 * What a superblock says of its filesystem.
 *
 * @param size bytes that it covers
 * @param unit the smallest piece of the device that it reads and writes, in bytes: its device's
 *     sectors must not be larger
 */
public record Geometry(long size, int unit) {}
