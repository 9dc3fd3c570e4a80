/**
 * Numbers that are cheap to gather from many threads: how long requests took, how many came lately.
 */
@NullMarked
package dev.obdbuild.backstore.meter;

import org.jspecify.annotations.NullMarked;
