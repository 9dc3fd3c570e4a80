/**
 * The filters of {@code --filter} flags, in containerd's grammar: BuildKit's clients send them as
 * they were typed.
 */
@NullMarked
package dev.obdbuild.builder.filter;

import org.jspecify.annotations.NullMarked;
