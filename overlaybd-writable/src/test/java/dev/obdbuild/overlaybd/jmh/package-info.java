/** Kernels of this module under JMH; {@code bench/kernels.sh} runs them. */
@NullMarked
package dev.obdbuild.overlaybd.jmh;

import org.jspecify.annotations.NullMarked;
