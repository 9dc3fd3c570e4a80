/** What a killed process or a power cut leaves of writable layers, moment by moment. */
@NullMarked
package dev.obdbuild.overlaybd.crash;

import org.jspecify.annotations.NullMarked;
