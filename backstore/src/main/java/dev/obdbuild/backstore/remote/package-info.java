/**
 * Layers of a registry as layers to read from: ranged requests, behind the block cache, out of tar
 * and ZFile.
 */
@NullMarked
package dev.obdbuild.backstore.remote;

import org.jspecify.annotations.NullMarked;
