/**
 * Blobs by digest in some place that is not a registry: a folder, or the client of a build.
 *
 * <p>Exporters write to it, OCI layouts and local caches are read from it.
 */
@NullMarked
package dev.obdbuild.oci.content;

import org.jspecify.annotations.NullMarked;
