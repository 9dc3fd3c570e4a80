/**
 * Files by descriptor. {@link dev.obdbuild.linux.file.Root} resolves any path inside one directory
 * (openat2, RESOLVE_IN_ROOT), {@link dev.obdbuild.linux.file.Dir} works on single names of an open
 * directory and {@link dev.obdbuild.linux.file.OpenFile} on an open file, so that no symlink of an
 * image ever leads out of it. Names are bytes ({@link dev.obdbuild.linux.file.RawPath}). Bound with
 * the foreign function API because unpacking and copying are hot loops; every call may block on a
 * served mount and so belongs on a platform thread.
 */
@NullMarked
package dev.obdbuild.linux.file;

import org.jspecify.annotations.NullMarked;
