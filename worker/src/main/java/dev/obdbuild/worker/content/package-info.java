/**
 * Trees of files that a step reads: {@link dev.obdbuild.worker.content.FileTree} over a mounted
 * snapshot or a filtered folder of the host, the patterns that choose from them, and {@link
 * dev.obdbuild.worker.content.ContentDigest}, what the cache key of a COPY is made of. All of it
 * touches files and so runs on platform threads that serve no mount.
 */
@NullMarked
package dev.obdbuild.worker.content;

import org.jspecify.annotations.NullMarked;
