/** Calls on mounted ext filesystems and on block device nodes: trim, flush, discard, size. */
@NullMarked
package dev.obdbuild.linux.ext;

import org.jspecify.annotations.NullMarked;
