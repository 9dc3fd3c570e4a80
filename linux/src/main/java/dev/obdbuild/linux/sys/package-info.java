/**
 * The bottom of {@code linux}: how a C library function is bound (jnr-ffi, loaded on first use),
 * how its errno becomes an exception, file descriptors, and what is to be closed at an end.
 * Packages beside this one declare the functions of their subject.
 */
@NullMarked
package dev.obdbuild.linux.sys;

import org.jspecify.annotations.NullMarked;
