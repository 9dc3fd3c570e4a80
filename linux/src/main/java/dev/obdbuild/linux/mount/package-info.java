/** Mounting and unmounting by system call, and the table of what is mounted. */
@NullMarked
package dev.obdbuild.linux.mount;

import org.jspecify.annotations.NullMarked;
