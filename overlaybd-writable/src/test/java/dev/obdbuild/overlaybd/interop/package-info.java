/** What the original's tools wrote, read and written again by ours. */
@NullMarked
package dev.obdbuild.overlaybd.interop;

import org.jspecify.annotations.NullMarked;
