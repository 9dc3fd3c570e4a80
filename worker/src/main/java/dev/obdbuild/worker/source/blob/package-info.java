/** Single blobs of registries and OCI layouts, named by their digests. */
@NullMarked
package dev.obdbuild.worker.source.blob;

import org.jspecify.annotations.NullMarked;
