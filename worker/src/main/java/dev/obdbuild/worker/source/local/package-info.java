/** Where folders of the person who builds come from; only the builder's session knows how. */
@NullMarked
package dev.obdbuild.worker.source.local;

import org.jspecify.annotations.NullMarked;
