@NullMarked
package dev.obdbuild.backstore.prefetch;

import org.jspecify.annotations.NullMarked;
