/** Base images: from a reference to a snapshot, lazily where the image has an overlaybd form. */
@NullMarked
package dev.obdbuild.worker.image;

import org.jspecify.annotations.NullMarked;
