/** Kernels of this module under JMH; {@code bench/kernels.sh -m frontend-dockerfile} runs them. */
@NullMarked
package dev.obdbuild.frontend.jmh;

import org.jspecify.annotations.NullMarked;
