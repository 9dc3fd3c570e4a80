/**
 * Bytes at offsets: the one interface every level of the read path wraps, and the sinks that layers
 * are written to.
 *
 * <p>Bottom of the stack: knows no format. Offsets and lengths are bytes everywhere in this
 * package.
 */
@NullMarked
package dev.obdbuild.overlaybd.block;

import org.jspecify.annotations.NullMarked;
