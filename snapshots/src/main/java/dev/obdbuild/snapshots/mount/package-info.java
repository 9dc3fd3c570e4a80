/**
 * System calls that touch served mounts: the threads they run on, and mounting a device as a
 * folder.
 *
 * <p>Code that serves a mount and code that waits for it must never share threads; see {@code
 * hazards.md}.
 */
@NullMarked
package dev.obdbuild.snapshots.mount;

import org.jspecify.annotations.NullMarked;
