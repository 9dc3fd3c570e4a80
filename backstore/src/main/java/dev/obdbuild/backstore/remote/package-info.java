/**
 * Layers of a registry as layers to read from: ranged requests, behind the block cache, out of tar
 * and ZFile. What a checksum finds wrong is dropped from the cache and asked for once more, from
 * another endpoint where there is one.
 */
@NullMarked
package dev.obdbuild.backstore.remote;

import org.jspecify.annotations.NullMarked;
