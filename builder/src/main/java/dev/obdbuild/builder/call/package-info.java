/**
 * How methods of services are carried out: blocking, each on a virtual thread of its own, answers
 * no faster than they are read, failures as the statuses that BuildKit's clients understand.
 */
@NullMarked
package dev.obdbuild.builder.call;

import org.jspecify.annotations.NullMarked;
