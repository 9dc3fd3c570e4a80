/** A sparse file of the host, for tests. */
@NullMarked
package dev.obdbuild.overlaybd.hostfile;

import org.jspecify.annotations.NullMarked;
