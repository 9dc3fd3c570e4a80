/**
 * What was recorded before it was made, and the undoing of it: by its owner, or at the next start
 * after the owner died.
 */
@NullMarked
package dev.obdbuild.snapshots.sweep;

import org.jspecify.annotations.NullMarked;
