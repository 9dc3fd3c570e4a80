package dev.obdbuild.frontend.plan;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Reference;

/**
 * A base image.
 *
 * @param reference the name it was found under, normally the one asked for
 * @param digest what the name is pinned to: of the manifest, or of the index it is in
 */
public record ResolvedImage(Reference reference, Digest digest, ImageConfig config) {}
