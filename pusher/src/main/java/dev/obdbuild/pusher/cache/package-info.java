/**
 * Build caches that are kept elsewhere: what was built under which key, as documents that
 * registries and OCI layouts store like an image.
 *
 * <p>A cache is a manifest (or an index) whose layers are the overlaybd layers of results and whose
 * config is a {@link dev.obdbuild.pusher.cache.CacheDocument}. An inline cache is the same document
 * inside an image's config; its layers are the image's own.
 */
@NullMarked
package dev.obdbuild.pusher.cache;

import org.jspecify.annotations.NullMarked;
