/**
 * What the state folder holds, whatever kind of thing it is, and making it hold less: one view and
 * one way for the commands, the daemon's calls and its garbage collection. The history is not part
 * of it.
 */
@NullMarked
package dev.obdbuild.builder.usage;

import org.jspecify.annotations.NullMarked;
