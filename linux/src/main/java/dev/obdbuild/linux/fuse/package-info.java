/**
 * FUSE without a library, for the one shape we serve: a filesystem whose root is one regular file.
 * The kernel's requests are read from /dev/fuse, one whole request a read, and answered by one
 * write each.
 *
 * <pre>
 * request: len u32@0 opcode u32@4 unique u64@8 nodeid u64@16 uid@24 gid@28 pid@32 extlen u16@36, body @40
 * reply:   len u32@0 error i32@4 (0 or -errno) unique u64@8, body @16
 * </pre>
 */
@NullMarked
package dev.obdbuild.linux.fuse;

import org.jspecify.annotations.NullMarked;
