/**
 * A layer as a file: LSMT in ZFile in tar, taken apart and put together in one pass. Top of this
 * module.
 */
@NullMarked
package dev.obdbuild.overlaybd.layer;

import org.jspecify.annotations.NullMarked;
