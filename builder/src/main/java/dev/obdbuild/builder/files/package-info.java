/**
 * The files of a result for the exporters {@code local} and {@code tar}: the folders of several
 * platforms as one, and a folder as entries of an archive.
 *
 * <p>All of it reads mounts: it is called on the threads that may.
 */
@NullMarked
package dev.obdbuild.builder.files;

import org.jspecify.annotations.NullMarked;
