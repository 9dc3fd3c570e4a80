/** Kernel modules: whether they are there, and loading them by modprobe(8). */
@NullMarked
package dev.obdbuild.linux.module;

import org.jspecify.annotations.NullMarked;
