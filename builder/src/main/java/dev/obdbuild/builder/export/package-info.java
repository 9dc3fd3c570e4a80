/**
 * The end of a build: from refs to images in registries, archives, folders and caches.
 *
 * <p>Joins what {@link dev.obdbuild.builder.build} solved with the exporters of {@code pusher}.
 */
@NullMarked
package dev.obdbuild.builder.export;

import org.jspecify.annotations.NullMarked;
