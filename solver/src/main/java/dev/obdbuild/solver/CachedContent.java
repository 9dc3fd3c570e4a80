package dev.obdbuild.solver;

import dev.obdbuild.oci.image.Digest;

/**
 * The digest of what a result, or a part of it, holds.
 *
 * @param output which of the vertex's results
 * @param key names the part, and the vertex and its output by their key: the same on every machine
 * @param digest of the content
 */
public record CachedContent(int output, Digest key, Digest digest) {}
