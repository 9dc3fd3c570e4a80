/**
 * Live chains: devices with their mounts, taken over from step to step.
 *
 * <p>A device goes round: it is written by one step; the step's commit makes its filesystem
 * read-only, drops what was freed, freezes its writable layer and leaves it resting on the new
 * snapshot; the next step on that snapshot gives it a new writable layer and goes on under the same
 * mount, unless somebody reads there. All others get devices of their own on the same layers.
 */
@NullMarked
package dev.obdbuild.snapshots.live;

import org.jspecify.annotations.NullMarked;
