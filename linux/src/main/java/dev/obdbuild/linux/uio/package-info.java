/**
 * Devices whose driver is a process: /dev/uioN, found by name in sysfs, with one region of memory
 * that the kernel and the process share. Bound by java.lang.foreign, since memory is shared.
 */
@NullMarked
package dev.obdbuild.linux.uio;

import org.jspecify.annotations.NullMarked;
